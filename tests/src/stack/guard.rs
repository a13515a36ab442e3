//! The guard: a tiny process between the stack and each program that it starts.
//!
//! It promises that the program, and everything the program started in its process group, ends when the stack does,
//! even when the stack is killed outright and can't clean up. The stack holds the other end of the guard's standard
//! input; when that pipe closes, for whatever reason, the guard stops its program and goes.
//!
//! Guard and program each have a process group of their own, so that Ctrl-C in a terminal reaches the stack alone and
//! the stack decides what ends when.

use std::io::{Read, stdin};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, waitpgid, waitpid};

/// How long a program may take to stop before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// What the guard is started with.
#[derive(Debug, Args)]
pub struct GuardOptions {
    /// The signal that asks the program to stop.
    #[arg(long, value_enum, ignore_case = true)]
    stop: StopSignal,
    /// The program and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<String>,
}

/// The signal that asks a program to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StopSignal {
    /// Polite: the program finishes what it is doing.
    Term,
    /// For PostgreSQL: at once, without waiting for its clients, but releasing what it holds of the system.
    Quit,
    /// Nothing to finish.
    Kill,
}

impl StopSignal {
    /// As commands spell it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Term => "TERM",
            Self::Quit => "QUIT",
            Self::Kill => "KILL",
        }
    }
}

enum Event {
    Released,
    Ended(ExitStatus),
}

/// Runs the program until it ends or the stack lets go; answers with the program's exit code.
pub fn run(options: &GuardOptions) -> Result<ExitCode> {
    adopt_orphans();
    let group = spawn(&options.command)?;
    let (sender, events) = channel();
    watch_leash(sender.clone());
    watch_program(group, sender);
    let code = supervise(group, options.stop, &events);
    end_group(group);
    Ok(code)
}

/// Orphans of the program become the guard's children, so that it can wait until they are gone.
fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

fn spawn(command: &[String]) -> Result<Pid> {
    let (program, arguments) = command.split_first().context("the guard was given nothing to run")?;
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    Ok(Pid::from_child(&child))
}

/// The leash is standard input: it is read until the stack, holding the other end, closes it or dies.
fn watch_leash(events: Sender<Event>) {
    thread::spawn(move || {
        let mut ignored = [0; 64];
        while matches!(stdin().read(&mut ignored), Ok(count) if count > 0) {}
        events.send(Event::Released)
    });
}

fn watch_program(program: Pid, events: Sender<Event>) {
    thread::spawn(move || {
        let status = waitpid(Some(program), WaitOptions::empty()).ok().flatten();
        let status = status.map_or(ExitStatus::from_raw(0), |(_, status)| ExitStatus::from_raw(status.as_raw()));
        events.send(Event::Ended(status))
    });
}

fn supervise(group: Pid, stop: StopSignal, events: &Receiver<Event>) -> ExitCode {
    match events.recv() {
        Ok(Event::Ended(status)) => exit_code(status),
        _ => {
            let _ = kill_process_group(group, stop.into());
            match events.recv_timeout(GRACE) {
                Ok(Event::Ended(status)) => exit_code(status),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

/// Whatever is still in the group is killed and waited for.
fn end_group(group: Pid) {
    let _ = kill_process_group(group, Signal::KILL);
    while let Ok(Some(_)) = waitpgid(group, WaitOptions::empty()) {}
}

/// As a shell says it: 128 and the signal's number for a program that was killed.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

impl From<StopSignal> for Signal {
    fn from(stop: StopSignal) -> Self {
        match stop {
            StopSignal::Term => Signal::TERM,
            StopSignal::Quit => Signal::QUIT,
            StopSignal::Kill => Signal::KILL,
        }
    }
}
