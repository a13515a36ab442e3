//! The benchmarks: what each function costs to start, to call and to keep, beside the bars of the design.
//!
//! The functions are the shipped binaries with the settings that the template gives them: the stack deploys them, and
//! the benchmarks take their settings over. Then each runs alone behind the Runtime API (see [`crate::runtime_api`]),
//! with real PostgreSQL and Redis and an AWS that answers at once, so that no emulator is measured. Nothing is asserted
//! about time: machines differ, figures are printed.

mod aws;
mod bars;
pub mod echo;
mod events;
mod function;
mod ingest;
mod machine;
mod node;
mod processor;
mod publish;
mod refresh;
mod report;
mod samples;
mod site;
mod table;
mod tls;
mod wire;

use anyhow::Result;

pub use self::report::Report;
use self::{function::Figures, machine::Machine, report::Line, site::Site};
use crate::stack::{Processes, Project, progress::Progress};

/// What is measured.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// Only these functions; all where it's empty.
    pub functions: Vec<String>,
    /// How often each function is started.
    pub starts: usize,
    /// How often each function is called when warm.
    pub calls: usize,
}

/// Builds, starts what the functions need, and measures one after the other.
///
/// # Errors
/// Something doesn't build, start, or answer as it should.
pub async fn run(options: &BenchOptions, processes: &Processes) -> Result<Report> {
    let project = Project::find()?;
    let site = Site::up(&project, processes).await?;
    for name in &options.functions {
        site.function(name)?;
    }
    let machine = Machine::look()?;
    let mut report = Report::new(machine, options);
    for name in site.functions().filter(|name| options.includes(name)) {
        Progress::Visible.say(format_args!("measuring {name}"));
        let event = events::of(&project, &site, name)?;
        let figures = Figures::of(&site.function(name)?, &event, options).await?;
        report.lines.push(Line { name: name.to_owned(), is_http: event.is_http, figures });
    }
    report.harness = Some(ingest::harness(options).await?);
    if options.includes(ingest::NAME) {
        report.ingest = Some(ingest::measure(&project, &site, options).await?);
        Progress::Visible.say("measuring the same function in Node");
        let event = events::of(&project, &site, ingest::NAME)?;
        report.node = node::measure(&project, &site, &event, options).await?;
    }
    if options.includes(processor::NAME) {
        report.processor = Some(processor::compare(&project, &site).await?);
    }
    if options.includes(publish::NAME) {
        Progress::Visible.say("publishing 4 GB");
        report.publish = Some(publish::race(&project, &site).await?);
    }
    if options.includes(refresh::NAME) {
        Progress::Visible.say("renewing 10,000 accounts");
        report.refresh = Some(refresh::measure(&site).await?);
    }
    Ok(report)
}

impl BenchOptions {
    fn includes(&self, name: &str) -> bool {
        self.functions.is_empty() || self.functions.iter().any(|wanted| wanted == name)
    }
}
