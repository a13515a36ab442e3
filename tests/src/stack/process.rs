//! The programs of a stack, each behind its guard (see [`super::guard`]).
//!
//! A [`Process`] lives as long as its handle: dropping it lets go of the guard's leash and the program ends. So every
//! way out of the stack, an error or a signal in the middle of anything, ends what was started.
//! [`Processes::settled`] then waits until it is really gone.

use std::fs::{File, OpenOptions};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::process::{Child, Command};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use super::guard::StopSignal;

/// How often a condition is looked at while it is awaited.
const POLL: Duration = Duration::from_millis(20);
/// How long a server may take to become ready.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How many lines of a log tell what went wrong.
const TAIL_LINES: usize = 20;

/// All programs of one stack; a clone is the same ones.
#[derive(Debug, Clone, Default)]
pub struct Processes {
    attendants: Arc<Mutex<JoinSet<()>>>,
    casualty: watch::Sender<Option<&'static str>>,
}

/// One running program; it ends when this is dropped.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    log: PathBuf,
    leash: Leash,
    status: Ending,
    serving: Arc<AtomicBool>,
}

/// Dropped to let a program go.
type Leash = oneshot::Sender<()>;
/// Tells when a program has ended, and how.
type Ending = watch::Receiver<Option<ExitStatus>>;

/// A command that runs `program` behind a guard. Arguments, environment and folder are added as to any command.
///
/// The guard is this executable, called with `guard`: whichever uses this must offer that command.
pub fn guarded(stop: StopSignal, program: impl AsRef<Path>) -> Result<Command> {
    guarded_as(&[], stop, program)
}

/// As [`guarded`], with privileges in the words of `setpriv`.
pub(super) fn guarded_as(privileges: &[&str], stop: StopSignal, program: impl AsRef<Path>) -> Result<Command> {
    let mut command = Command::new(own_executable()?);
    command.arg0("guard").args(["guard", "--stop", stop.name(), "--"]);
    if cfg!(target_os = "linux") {
        // For the case that the guard itself is killed: then the kernel stops the program.
        command.args(["setpriv", "--pdeathsig", stop.name()]).args(privileges);
    }
    command.arg(program.as_ref()).process_group(0).stdin(Stdio::piped());
    Ok(command)
}

/// On Linux the address of the running file itself, which stays right when a new build replaces it.
fn own_executable() -> Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { Ok(std::env::current_exe()?) }
}

impl Processes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a server that writes to the log file.
    pub fn start(&self, name: &'static str, command: Command, log: &Path) -> Result<Process> {
        let serving = Arc::new(AtomicBool::new(false));
        let (leash, status) = self.spawn(name, writing_to(command, log)?, &serving)?;
        Ok(Process { name, log: log.to_owned(), leash, status, serving })
    }

    /// Runs a program to its end.
    pub async fn run(&self, name: &'static str, command: Command) -> Result<ExitStatus> {
        let (leash, mut status) = self.spawn(name, command, &Arc::default())?;
        let ended = *status.wait_for(Option::is_some).await?;
        drop(leash);
        ended.context("the program has no status")
    }

    /// Runs a program to its end and demands success; its output goes to the log file.
    pub async fn complete(&self, name: &'static str, command: Command, log: &Path) -> Result<()> {
        let status = self.run(name, writing_to(command, log)?).await?;
        if !status.success() {
            bail!("{name} failed ({status}); the end of {}:\n{}", log.display(), tail(log));
        }
        Ok(())
    }

    /// Waits for a server that was ready to end without being asked to, and says which.
    pub async fn casualty(&self) -> &'static str {
        let mut casualty = self.casualty.subscribe();
        let name = casualty.wait_for(Option::is_some).await;
        name.ok().and_then(|name| *name).unwrap_or("a server")
    }

    /// Waits until every program whose handle was dropped is gone.
    pub async fn settled(&self) {
        let mut attendants = std::mem::take(&mut *self.attendants());
        while attendants.join_next().await.is_some() {}
    }

    fn spawn(&self, name: &'static str, mut command: Command, serving: &Arc<AtomicBool>) -> Result<(Leash, Ending)> {
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let (leash, released) = oneshot::channel();
        let (ended, status) = watch::channel(None);
        let (casualty, serving) = (self.casualty.clone(), serving.clone());
        self.attendants().spawn(async move {
            let (status, asked) = attend(child, released).await;
            ended.send_replace(status);
            if !asked && serving.load(Ordering::Relaxed) {
                casualty.send_replace(Some(name));
            }
        });
        Ok((leash, status))
    }

    fn attendants(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.attendants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holds the leash until the program ends or its handle is dropped; says whether the end was asked for.
async fn attend(mut guard: Child, released: oneshot::Receiver<()>) -> (Option<ExitStatus>, bool) {
    let leash = guard.stdin.take();
    tokio::select! {
        status = guard.wait() => return (status.ok(), false),
        _ = released => drop(leash),
    }
    (guard.wait().await.ok(), true)
}

impl Process {
    /// Waits until the condition holds; an error, with the end of the log, when the program ends before or takes too
    /// long.
    pub async fn ready<F: Future<Output = bool>>(&mut self, condition: impl FnMut() -> F) -> Result<()> {
        tokio::select! {
            _ = self.status.wait_for(Option::is_some) => {
                bail!("{} ended while starting; the end of {}:\n{}", self.name, self.log.display(), tail(&self.log))
            }
            holds = timeout(START_LIMIT, until(condition)) => {
                self.serving.store(true, Ordering::Relaxed);
                holds.with_context(|| format!("{} isn't ready after {START_LIMIT:?}: see {}", self.name, self.log.display()))
            }
        }
    }

    /// Ends the program and waits until it is gone.
    pub async fn stop(mut self) -> Result<()> {
        drop(self.leash);
        self.status.wait_for(Option::is_some).await?;
        Ok(())
    }
}

/// Waits for a condition, looking again and again.
pub(super) async fn until<F: Future<Output = bool>>(mut condition: impl FnMut() -> F) {
    let mut ticks = interval(POLL);
    loop {
        ticks.tick().await;
        if condition().await {
            return;
        }
    }
}

fn writing_to(mut command: Command, log: &Path) -> Result<Command> {
    let open = || OpenOptions::new().create(true).append(true).open(log);
    let file: File = open().with_context(|| format!("cannot write {}", log.display()))?;
    command.stdout(file.try_clone()?).stderr(file);
    Ok(command)
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}
