//! What a function writes: log lines and metrics, from both of its outputs, as Lambda collects them.

use std::time::Duration;

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::Child,
    sync::watch::{Receiver, Sender, channel},
    time::timeout,
};

/// How long the rest of what a process wrote may take to arrive once it has ended.
const REST: Duration = Duration::from_secs(1);
/// How many lines tell why a process ended.
const TAIL: usize = 20;

/// All lines so far.
#[derive(Debug)]
pub(super) struct Output(Receiver<Vec<String>>);

impl Output {
    /// Reads both outputs of a process, until they close.
    pub(super) fn of(child: &mut Child) -> Self {
        let (lines, receiver) = channel(Vec::new());
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(collect(stdout, lines.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(collect(stderr, lines));
        }
        Self(receiver)
    }

    /// The lines so far.
    pub(super) fn lines(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    /// Waits for a line like this; `None` when no more can come.
    pub(super) async fn line(&self, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
        let mut lines = self.0.clone();
        let wanted = |lines: &[String]| lines.iter().find(|line| is_wanted(line)).cloned();
        let found = lines.wait_for(|lines| wanted(lines).is_some()).await;
        found.ok().and_then(|lines| wanted(&lines))
    }

    /// The last lines of a process that has ended.
    pub(super) async fn tail(&self) -> String {
        let _ = timeout(REST, self.line(|_| false)).await;
        let lines = self.lines();
        lines[lines.len().saturating_sub(TAIL)..].join("\n")
    }
}

async fn collect(output: impl AsyncRead + Unpin, lines: Sender<Vec<String>>) {
    let mut reader = BufReader::new(output).lines();
    while let Ok(Some(line)) = reader.next_line().await {
        lines.send_modify(|lines| lines.push(line));
    }
}
