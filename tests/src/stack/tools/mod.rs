//! Programs that the project needs and a fresh machine lacks, installed on demand from the pinned lists in
//! `tests/tools/`, without root.
//!
//! Each set has a virtual environment of its own, in a folder named after what its lists say: a changed list is a new
//! folder, and a stack that still runs the old one isn't disturbed. A mark, written last, tells a finished
//! installation from an interrupted one, which is done again.

mod environment;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use aws_lc_rs::digest::{SHA256, digest};
use clap::ValueEnum;
use tokio::process::Command;
use tokio::task::spawn_blocking;

use self::environment::Environment;
use super::guard::StopSignal;
use super::process::{Processes, guarded};
use super::project::Project;

/// The package installer, the same for every set.
const INSTALLER: &str = "uv.txt";

/// A set of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ToolSet {
    /// What the local stack runs.
    Stack,
    /// What `make lint` runs beside cargo.
    Lint,
}

impl ToolSet {
    fn name(self) -> &'static str {
        match self {
            Self::Stack => "stack",
            Self::Lint => "lint",
        }
    }

    /// Lists whose packages are installed with their dependencies, which the list names, and without.
    fn lists(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Stack => ("stack.txt", Some("stack-no-deps.txt")),
            Self::Lint => ("lint.txt", None),
        }
    }
}

/// The set's virtual environment, installed if it isn't yet.
pub async fn install(set: ToolSet, project: &Project, processes: &Processes) -> Result<PathBuf> {
    let installation = Installation::of(set, project)?;
    if !installation.is_complete() {
        let _lock = installation.lock().await?;
        if !installation.is_complete() {
            installation.carry_out(processes).await?;
        }
    }
    Ok(installation.environment)
}

/// One set on its way into one folder.
struct Installation {
    set: ToolSet,
    lists: PathBuf,
    home: PathBuf,
    environment: PathBuf,
}

impl Installation {
    fn of(set: ToolSet, project: &Project) -> Result<Self> {
        let lists = project.root().join("tests/tools");
        let home = project.root().join("target/local/tools");
        fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
        let environment = home.join(format!("{}-{}", set.name(), fingerprint(set, &lists)?));
        Ok(Self { set, lists, home, environment })
    }

    fn is_complete(&self) -> bool {
        self.mark().exists() && self.python().exists()
    }

    fn mark(&self) -> PathBuf {
        self.environment.join("complete")
    }

    fn python(&self) -> PathBuf {
        self.environment.join("bin/python")
    }

    /// One installation at a time; the lock ends with the process that holds it.
    async fn lock(&self) -> Result<File> {
        let path = self.home.join("lock");
        let lock = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        spawn_blocking(move || lock.lock().map(|()| lock)).await?.context("cannot lock the tools")
    }

    async fn carry_out(&self, processes: &Processes) -> Result<()> {
        let log = self.home.join(format!("{}.log", self.set.name()));
        File::create(&log)?;
        let installer = self.lists.join(INSTALLER);
        Environment { path: &self.environment, installer, log: &log, processes }.create().await?;
        for command in self.install_packages()? {
            processes.complete("the installation of tools", command, &log).await?;
        }
        fs::write(self.mark(), "").context("cannot mark the tools as complete")
    }

    fn install_packages(&self) -> Result<Vec<Command>> {
        let (list, bare_list) = self.set.lists();
        let mut commands = vec![self.install_list(list)?];
        if let Some(bare_list) = bare_list {
            let mut command = self.install_list(bare_list)?;
            command.arg("--no-deps");
            commands.push(command);
        }
        Ok(commands)
    }

    fn install_list(&self, list: &str) -> Result<Command> {
        let mut command = guarded(StopSignal::Term, self.environment.join("bin/uv"))?;
        command.args(["pip", "install", "--quiet", "--python"]).arg(self.python());
        command.arg("--requirement").arg(self.lists.join(list));
        Ok(command)
    }
}

/// Changes whenever a list of the set does.
fn fingerprint(set: ToolSet, lists: &Path) -> Result<String> {
    let (list, bare_list) = set.lists();
    let mut text = Vec::new();
    for name in [Some(INSTALLER), Some(list), bare_list].into_iter().flatten() {
        let path = lists.join(name);
        text.extend(fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    if text.is_empty() {
        bail!("the lists of tools in {} are empty", lists.display());
    }
    Ok(digest(&SHA256, &text).as_ref()[..6].iter().map(|byte| format!("{byte:02x}")).collect())
}
