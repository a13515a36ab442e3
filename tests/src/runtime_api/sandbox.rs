//! One sandbox: a function's process and the Runtime API that it talks to.

use std::{
    io,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use axum::body::Bytes;
use serde_json::Value;
use tokio::{
    process::{Child, Command},
    time::timeout,
};

use super::{FunctionError, Usage, environment, output::Output, server::Server};

/// How long the function may take to start, and for each answer, unless it's said otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// A function in a process of its own; it ends when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    process: Child,
    server: Server,
    output: Output,
    executed: Instant,
    patience: Duration,
}

/// What a function answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The answer, as it came over the wire.
    pub body: Bytes,
    /// From the moment that the event was handed to the waiting function to the answer's last byte.
    pub took: Duration,
}

impl Sandbox {
    /// Runs a function's binary, whose name is the function's, with this environment and Lambda's.
    ///
    /// # Errors
    /// It can't be run.
    pub fn start(binary: &Path, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let name = binary.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self::run(&name, Command::new(binary), environment)
    }

    /// Runs the function `name` by a command, for functions that are no binary of their own.
    ///
    /// # Errors
    /// It can't be run.
    pub fn run(
        name: &str,
        mut command: Command,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self> {
        let server = Server::listen().context("cannot listen on 127.0.0.1")?;
        command.env_clear().envs(environment::of_lambda(name, server.address())).envs(environment);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let executed = Instant::now();
        let mut process = command.spawn().with_context(|| format!("cannot run the function {name}"))?;
        let output = Output::of(&mut process);
        Ok(Self { process, server, output, executed, patience: PATIENCE })
    }

    /// The same with another limit for the start and for each answer.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Waits until the function asks for its first event; returns how long that took from its execution on.
    ///
    /// # Errors
    /// It reports a failure, ends, or takes too long.
    pub async fn first_poll(&mut self) -> Result<Duration, FunctionError> {
        let polled = self.server.first_poll();
        let at = attended(polled, &mut self.process, &self.output, self.patience).await?;
        Ok(at.saturating_duration_since(self.executed))
    }

    /// Hands an event over and returns the function's answer.
    ///
    /// # Errors
    /// It reports a failure, ends, takes too long, or answers with something else than JSON.
    pub async fn invoke(&mut self, event: &Value) -> Result<Value, FunctionError> {
        let answer = self.exchange(event.to_string().into()).await?;
        serde_json::from_slice(&answer.body).map_err(FunctionError::Malformed)
    }

    /// The same as it goes over the wire, with the time that the function took.
    ///
    /// # Errors
    /// It reports a failure, ends, or takes too long.
    pub async fn exchange(&mut self, event: Bytes) -> Result<Answer, FunctionError> {
        let outcome = self.server.invoke(event, self.patience);
        attended(outcome, &mut self.process, &self.output, self.patience).await
    }

    /// The process's id, for signals and for tools that look at it; `None` once it has ended.
    pub fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    /// What the process has used so far. Only Linux tells.
    ///
    /// # Errors
    /// The process has ended, or this isn't Linux.
    pub fn usage(&self) -> io::Result<Usage> {
        Usage::of(self.process_id().ok_or(io::ErrorKind::NotFound)?)
    }

    /// What the function has written so far, line by line: logs and metrics.
    pub fn output(&self) -> Vec<String> {
        self.output.lines()
    }

    /// Waits for a line: what was written before an answer may be read after it.
    ///
    /// # Errors
    /// It doesn't come in time.
    pub async fn line(&self, is_wanted: impl Fn(&str) -> bool) -> Result<String> {
        let line = timeout(self.patience, self.output.line(is_wanted)).await;
        let lines = || format!("the line never came; what came is:\n{}", self.output().join("\n"));
        line.ok().flatten().with_context(lines)
    }

    /// Ends the process, in the middle of whatever it does.
    ///
    /// # Errors
    /// The system refuses.
    pub async fn kill(mut self) -> io::Result<()> {
        self.process.kill().await
    }
}

/// Waits for something from the function for as long as it lives, and not for too long.
async fn attended<T>(
    wanted: impl Future<Output = Result<T, FunctionError>>,
    process: &mut Child,
    output: &Output,
    patience: Duration,
) -> Result<T, FunctionError> {
    let came = timeout(patience, async {
        tokio::select! {
            // What a process said before it ended counts.
            biased;
            came = wanted => came,
            ended = process.wait() => Err(FunctionError::Ended {
                status: ended.map_err(FunctionError::Unknown)?,
                output: output.tail().await,
            }),
        }
    });
    let outcome = came.await;
    outcome.unwrap_or_else(|_| {
        let _ = process.start_kill();
        Err(FunctionError::TimedOut(patience))
    })
}
