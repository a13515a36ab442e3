//! When the stack is asked to end.

use std::os::unix::process::parent_id;

use anyhow::Result;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Duration, interval};

/// How often the stack looks whether its parent is still there.
const LOOK: Duration = Duration::from_millis(500);

/// Everything that asks the stack to end.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    parent: Option<u32>,
}

impl Signals {
    /// From here on signals no longer kill the process; `with_parent` also ends it when its parent does.
    pub fn listen(with_parent: bool) -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            parent: with_parent.then(parent_id),
        })
    }

    /// Waits for the first of them and answers with the exit code that a shell expects after it.
    pub async fn recv(&mut self) -> u8 {
        let parent = self.parent;
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
            _ = self.hangup.recv() => 129,
            () = gone(parent) => 143,
        }
    }
}

async fn gone(parent: Option<u32>) {
    let Some(parent) = parent else { return std::future::pending().await };
    let mut ticks = interval(LOOK);
    while parent_id() == parent {
        ticks.tick().await;
    }
}
