//! `cargo run -p tests --bin bench`: builds the functions as they are shipped, measures them, prints tables.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use anyhow::Result;
use clap::{Parser, Subcommand};
use tests::{
    bench::{self, BenchOptions, Report, echo},
    stack::{
        Processes,
        guard::{self, GuardOptions},
        progress::Progress,
        signals::Signals,
    },
};
use tokio::runtime::Runtime;

/// Measures the functions: size, start, first and warm calls, memory, each beside the design's bar. Fails only when
/// something can't be measured.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// Measure only this function; may be given several times.
    #[arg(long = "function", value_name = "NAME")]
    functions: Vec<String>,
    /// How often each function is started.
    #[arg(long, default_value_t = 15)]
    starts: usize,
    /// How often each function is called when warm.
    #[arg(long, default_value_t = 300)]
    calls: usize,
    /// End as soon as the parent process does, even when that is killed.
    #[arg(long)]
    with_parent: bool,
}

/// What this program runs itself for.
#[derive(Debug, Subcommand)]
enum Part {
    /// Run a program that ends when the benchmarks do.
    #[command(hide = true)]
    Guard(GuardOptions),
    /// Be a function that does nothing.
    #[command(hide = true)]
    Echo,
}

fn main() -> ExitCode {
    run(Arguments::parse()).unwrap_or_else(|error| {
        Progress::Visible.say(format_args!("error: {error:#}"));
        ExitCode::FAILURE
    })
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    let Arguments { part, functions, starts, calls, with_parent } = arguments;
    match part {
        Some(Part::Guard(options)) => guard::run(&options),
        Some(Part::Echo) => echo::run().map(|()| ExitCode::SUCCESS),
        None => Runtime::new()?.block_on(measure(&BenchOptions { functions, starts, calls }, with_parent)),
    }
}

/// Whatever happens, nothing that was started is left when this returns.
async fn measure(options: &BenchOptions, with_parent: bool) -> Result<ExitCode> {
    let mut signals = Signals::listen(with_parent)?;
    let processes = Processes::new();
    let outcome = tokio::select! {
        report = bench::run(options, &processes) => report.and_then(|report| print(&report)),
        code = signals.recv() => Ok(ExitCode::from(code)),
    };
    processes.settled().await;
    outcome
}

fn print(report: &Report) -> Result<ExitCode> {
    write!(stdout(), "\n{report}")?;
    Ok(ExitCode::SUCCESS)
}
