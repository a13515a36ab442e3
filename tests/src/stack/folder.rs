//! The folder of a stack: what it keeps while it is up, and the lock that makes it the only one there.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// A claimed folder. The claim ends with the process, however it ends.
#[derive(Debug)]
pub(super) struct StackFolder {
    path: PathBuf,
    _lock: File,
}

impl StackFolder {
    /// Takes the folder for one stack and removes what an earlier one left there.
    pub(super) fn claim(path: &Path) -> Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;
        let path = path.canonicalize()?;
        let lock = lock(&path)?;
        let folder = Self { path, _lock: lock };
        folder.wipe();
        fs::create_dir_all(folder.logs())?;
        fs::create_dir_all(folder.data())?;
        Ok(folder)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the programs' logs are; they stay when the stack goes.
    pub(super) fn logs(&self) -> PathBuf {
        log_folder(&self.path)
    }

    /// The log of one program.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.logs().join(format!("{name}.log"))
    }

    /// What the servers store. Not shared with an earlier stack, whose servers may still be on their way out.
    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data").join(std::process::id().to_string())
    }

    /// Says that no stack is up any more. Data and logs stay for a look until the next stack comes.
    pub(super) fn retire(&self) {
        let _ = fs::remove_file(description_file(&self.path));
        let _ = fs::remove_file(control_file(&self.path));
        let _ = fs::remove_file(settings_file(&self.path));
    }

    fn wipe(&self) {
        self.retire();
        let _ = fs::remove_dir_all(self.path.join("data"));
        let _ = fs::remove_dir_all(self.logs());
    }
}

/// Fails unless a stack is up in the folder; a killed one may have left its description there.
pub fn require_stack(folder: &Path) -> Result<()> {
    let held = File::open(folder.join("lock"))
        .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)));
    ensure!(
        held && description_file(folder).exists(),
        "no stack is up in {}: start one with `make up`",
        folder.display()
    );
    Ok(())
}

/// The description of the stack in a folder, present only while it is up.
pub fn description_file(folder: &Path) -> PathBuf {
    folder.join("stack.json")
}

/// The functions' settings, present only while the stack is up.
pub fn settings_file(folder: &Path) -> PathBuf {
    folder.join("functions.env")
}

/// The programs' logs of the stack in a folder.
pub fn log_folder(folder: &Path) -> PathBuf {
    folder.join("logs")
}

/// Everything that was written to the Redis of the stack in a folder, also what has expired since: a folder for each
/// start of the server.
pub fn redis_record(folder: &Path) -> PathBuf {
    log_folder(folder).join("redis")
}

/// Where the stack listens for orders, present only while it is up.
pub(super) fn control_file(folder: &Path) -> PathBuf {
    folder.join("control")
}

/// The lock file names its holder, for the message to whoever comes second.
fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            file.rewind()?;
            write!(file, "{}", std::process::id())?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder)?;
            bail!("a stack is already running in {} (process {holder}): end it, or use another --dir", folder.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_stack_in_the_same_folder_is_refused() {
        let path = std::env::temp_dir().join(format!("claim-{}", std::process::id()));
        let first = StackFolder::claim(&path).unwrap();

        let refusal = StackFolder::claim(&path).unwrap_err().to_string();

        assert!(refusal.contains(&format!("process {}", std::process::id())), "{refusal}");
        assert!(require_stack(&path).is_err(), "the first one isn't up yet");
        drop(first);
        StackFolder::claim(&path).unwrap();
        fs::remove_dir_all(&path).unwrap();
    }
}
