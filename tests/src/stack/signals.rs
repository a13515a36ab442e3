//! When the stack is asked to end.

use std::io::{IsTerminal, stderr};
use std::os::unix::process::parent_id;

use anyhow::Result;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Duration, interval};

/// How often the stack looks whether parent and terminal are still there.
const LOOK: Duration = Duration::from_millis(500);

/// Everything that asks the stack to end.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    parent: Option<u32>,
    has_terminal: bool,
}

impl Signals {
    /// From here on signals no longer kill the process; `with_parent` also ends it when its parent does.
    pub fn listen(with_parent: bool) -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            parent: with_parent.then(parent_id),
            has_terminal: stderr().is_terminal(),
        })
    }

    /// Waits for the first of them and answers with the exit code that a shell expects after it.
    pub async fn recv(&mut self) -> u8 {
        let (parent, has_terminal) = (self.parent, self.has_terminal);
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
            _ = self.hangup.recv() => 129,
            () = abandoned(parent, has_terminal) => 129,
        }
    }
}

/// A killed parent says nothing, and a closing terminal tells only its first process, which may be a `make` that then
/// waits for us.
async fn abandoned(parent: Option<u32>, has_terminal: bool) {
    let mut ticks = interval(LOOK);
    loop {
        ticks.tick().await;
        let parent_gone = parent.is_some_and(|parent| parent != parent_id());
        if parent_gone || has_terminal && !stderr().is_terminal() {
            return;
        }
    }
}
