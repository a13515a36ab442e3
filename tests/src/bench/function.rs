//! One function: its size, its starts, its calls and its memory.

use std::{fs, time::Duration};

use anyhow::{Context, Result};

use super::{BenchOptions, events::Event, samples::Samples, site::Function};
use crate::runtime_api::Sandbox;

/// What was measured of one function.
#[derive(Debug)]
pub(super) struct Figures {
    /// The shipped binary, in bytes.
    pub(super) size: u64,
    /// From execution to the first poll.
    pub(super) init: Samples,
    /// On a CPU until then.
    pub(super) init_cpu: Samples,
    /// The first call of each start.
    pub(super) first: Samples,
    /// On a CPU during that.
    pub(super) first_cpu: Samples,
    /// The calls after it.
    pub(super) warm: Calls,
    /// The most memory after all calls, in bytes.
    pub(super) peak_rss: u64,
}

/// Calls of a warm function, one after the other.
#[derive(Debug)]
pub(super) struct Calls {
    /// How long each took.
    pub(super) took: Samples,
    /// On a CPU for each, on average.
    pub(super) cpu: Duration,
}

/// One start and the call after it.
#[derive(Debug, Clone, Copy)]
struct Start {
    init: Duration,
    init_cpu: Duration,
    first: Duration,
    first_cpu: Duration,
}

impl Figures {
    /// Starts the function again and again, calls it once each time, and calls the last one often.
    pub(super) async fn of(function: &Function, event: &Event, options: &BenchOptions) -> Result<Self> {
        let (mut sandbox, start) = begin(function, event).await?;
        let mut starts = vec![start];
        while starts.len() < options.starts {
            sandbox.kill().await?;
            let next = begin(function, event).await?;
            sandbox = next.0;
            starts.push(next.1);
        }
        let column = |member: fn(&Start) -> Duration| starts.iter().map(member).collect();
        Ok(Self {
            size: fs::metadata(function.binary())?.len(),
            init: column(|start| start.init),
            init_cpu: column(|start| start.init_cpu),
            first: column(|start| start.first),
            first_cpu: column(|start| start.first_cpu),
            warm: calls(&mut sandbox, event, options.calls).await?,
            peak_rss: sandbox.usage()?.peak_rss,
        })
    }
}

async fn begin(function: &Function, event: &Event) -> Result<(Sandbox, Start)> {
    let mut sandbox = function.start()?;
    let init = sandbox.first_poll().await.with_context(|| function.binary().display().to_string())?;
    let started = sandbox.usage()?;
    let first = call(&mut sandbox, event).await?;
    let first_cpu = sandbox.usage()? - started;
    Ok((sandbox, Start { init, init_cpu: started.cpu, first, first_cpu }))
}

/// So many calls, one after the other.
pub(super) async fn calls(sandbox: &mut Sandbox, event: &Event, count: usize) -> Result<Calls> {
    let before = sandbox.usage()?;
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        took.push(call(sandbox, event).await?);
    }
    let cpu = (sandbox.usage()? - before).div_f64(count.max(1) as f64);
    Ok(Calls { took: took.into_iter().collect(), cpu })
}

/// One call, and how long it took.
pub(super) async fn call(sandbox: &mut Sandbox, event: &Event) -> Result<Duration> {
    let answer = sandbox.exchange(event.json.clone()).await?;
    event.check(&answer.body).with_context(|| sandbox.output().join("\n"))?;
    Ok(answer.took)
}
