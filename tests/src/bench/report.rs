//! The figures as a person reads them.

use std::{
    fmt::{Display, Formatter, Result},
    time::Duration,
};

use super::{
    BenchOptions, Figures, Machine,
    bars::{self, Bar, Bars},
    function::Calls,
    ingest::Warm,
    node::Yardstick,
    processor::Comparison,
    publish::Race,
    refresh::Round,
    samples::{Samples, milliseconds},
    table::Table,
};

/// Everything that was measured.
#[derive(Debug)]
pub struct Report {
    machine: Machine,
    starts: usize,
    calls: usize,
    pub(super) lines: Vec<Line>,
    pub(super) harness: Option<Calls>,
    pub(super) ingest: Option<Warm>,
    /// The ingest in Node.
    pub(super) node: Option<Yardstick>,
    pub(super) processor: Option<Comparison>,
    pub(super) publish: Option<Race>,
    pub(super) refresh: Option<Round>,
}

/// One function.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) is_http: bool,
    pub(super) figures: Figures,
}

impl Report {
    /// Nothing yet.
    pub(super) fn new(machine: Machine, options: &BenchOptions) -> Self {
        let (starts, calls) = (options.starts, options.calls);
        Self {
            machine,
            starts,
            calls,
            lines: Vec::new(),
            harness: None,
            ingest: None,
            node: None,
            processor: None,
            publish: None,
            refresh: None,
        }
    }

    fn starts_table(&self) -> Table {
        let mut table = Table::new(["start", "size MB", "init ms", "init CPU ms", "first call ms", "its CPU ms"]);
        for Line { name, is_http, figures } in &self.lines {
            let bars = Bars::of(name, *is_http);
            table.row([
                name.clone(),
                bars.size.beside(megabytes(figures.size), 1),
                bars.init.beside(milliseconds(figures.init.median()), 1),
                bars.init_cpu.beside(milliseconds(figures.init_cpu.median()), 1),
                time(figures.first.median()),
                time(figures.first_cpu.median()),
            ]);
        }
        table
    }

    fn calls_table(&self) -> Table {
        let mut table = Table::new(["warm", "p50 ms", "p99 ms", "CPU ms", "peak RSS MB"]);
        for Line { name, is_http, figures } in &self.lines {
            let peak_rss = Bars::of(name, *is_http).peak_rss.beside(megabytes(figures.peak_rss), 1);
            table.row([name.clone()].into_iter().chain(calls(&figures.warm)).chain([peak_rss]));
        }
        if let Some(harness) = &self.harness {
            table.row(["(a function that does nothing, 64 KB)".to_owned()].into_iter().chain(calls(harness)));
        }
        table
    }
}

impl Report {
    /// The ingest beside itself in Node. Where TLS isn't named, both speak plain HTTP to AWS.
    fn node_table(&self) -> Option<Table> {
        let Yardstick { node, rust_over_tls, node_over_tls } = self.node.as_ref()?;
        let ours = &self.lines.iter().find(|line| line.name == super::ingest::NAME)?.figures;
        let mut table = Table::new(["webhook-ingest", "Rust", "Node", "Rust / Node"]);
        let to_first = |figures: &Figures| figures.init_cpu.median() + figures.first_cpu.median();
        for (what, rust, node, bar) in [
            ("init ms", ours.init.median(), node.init.median(), Bar::None),
            ("init CPU ms", ours.init_cpu.median(), node.init_cpu.median(), bars::NODE_INIT_SHARE),
            ("CPU ms to the first answer", to_first(ours), to_first(node), Bar::None),
            ("the same over TLS", to_first(rust_over_tls), to_first(node_over_tls), bars::NODE_FIRST_SHARE),
            ("warm CPU ms", ours.warm.cpu, node.warm.cpu, Bar::None),
        ] {
            let share = milliseconds(rust) / milliseconds(node);
            table.row([what.to_owned(), time(rust), time(node), bar.beside(share, 3)]);
        }
        let [rust, node] = [ours, node].map(|figures| megabytes(figures.peak_rss));
        table.row([
            "peak RSS MB".to_owned(),
            format!("{rust:.1}"),
            format!("{node:.1}"),
            format!("{:.3}", rust / node),
        ]);
        Some(table)
    }
}

fn calls(calls: &Calls) -> [String; 3] {
    [time(calls.took.median()), time(calls.took.percentile(99)), time(calls.cpu)]
}

fn ingest_table(warm: &Warm) -> Table {
    let mut table = Table::new(["webhook-ingest, 64 KB body", "p50 ms", "p99 ms", "CPU ms"]);
    table.row(["whole call".to_owned()].into_iter().chain(calls(&warm.whole)));
    let queue = "the queue: the same message from a bare client".to_owned();
    table.row([queue, time(warm.queue.median()), time(warm.queue.percentile(99))]);
    let without_queue = bars::INGEST_WARM.beside(milliseconds(warm.without_queue()), 2);
    table.row(["without the queue".to_owned(), without_queue]);
    let peak_rss = Bars::of(super::ingest::NAME, true).peak_rss.beside(megabytes(warm.peak_rss), 1);
    table.row(["peak RSS MB".to_owned(), peak_rss]);
    table
}

fn processor_table(comparison: &Comparison) -> Table {
    let mut table =
        Table::new(["webhook-processor, 10 messages of 100 comments", "rows/s", "batch p50 ms", "its CPU ms", "%"]);
    let Comparison { processor, processor_cpu, bare } = comparison;
    let [by_processor, by_bare] = [processor, bare].map(Comparison::rows_per_second);
    let share = bars::PROCESSOR_SHARE.beside(by_processor / by_bare * 100.0, 0);
    let name = |name: &str| name.to_owned();
    let (cpu, rows) = (time(*processor_cpu), |rows: f64| format!("{rows:.0}"));
    table.row([name("processor"), rows(by_processor), time(processor.median()), cpu, share]);
    table.row([name("bare upserts"), rows(by_bare), time(bare.median()), String::new(), name("100")]);
    table
}

fn publish_table(race: &Race) -> Table {
    let mut table =
        Table::new(["publish-worker, 4 GB in chunks of 10 MB", "MB/s", "p50 s", "its CPU s", "%", "peak RSS MB"]);
    let [by_worker, by_copy] = [&race.worker, &race.copy].map(Race::megabytes_per_second);
    let row = |name: &str, rate: f64, files: &Samples, cpu: Duration| {
        let seconds = |time: Duration| format!("{:.1}", time.as_secs_f64());
        [name.to_owned(), format!("{rate:.0}"), seconds(files.median()), seconds(cpu)]
    };
    let share = bars::PUBLISH_SHARE.beside(by_worker / by_copy * 100.0, 0);
    let peak_rss = bars::PUBLISH_PEAK_RSS.beside(megabytes(race.peak_rss), 1);
    table.row(row("worker", by_worker, &race.worker, race.worker_cpu).into_iter().chain([share, peak_rss]));
    table.row(row("plain copy", by_copy, &race.copy, race.copy_cpu).into_iter().chain(["100".to_owned()]));
    table
}

fn refresh_table(round: &Round) -> Table {
    let mut table =
        Table::new(["token-refresh, 10,000 accounts due, 100 ms each", "s", "CPU s", "calls", "KMS", "peak RSS MB"]);
    table.row([
        "one round".to_owned(),
        bars::REFRESH_SECONDS.beside(round.took.as_secs_f64(), 1),
        format!("{:.1}", round.cpu.as_secs_f64()),
        bars::REFRESH_CALLS.beside(round.platform_calls as f64, 0),
        bars::REFRESH_KMS.beside(round.kms_calls as f64, 0),
        format!("{:.1}", megabytes(round.peak_rss)),
    ]);
    table
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { machine, starts, calls, .. } = self;
        writeln!(f, "{machine}")?;
        writeln!(f, "release profile, {starts} starts and {calls} warm calls of each function; medians, MB = 10^6\n")?;
        writeln!(f, "{}\n{}", self.starts_table(), self.calls_table())?;
        if let Some(ingest) = &self.ingest {
            writeln!(f, "{}", ingest_table(ingest))?;
        }
        if let Some(processor) = &self.processor {
            writeln!(f, "{}", processor_table(processor))?;
        }
        if let Some(publish) = &self.publish {
            writeln!(f, "{}", publish_table(publish))?;
        }
        if let Some(refresh) = &self.refresh {
            writeln!(f, "{}", refresh_table(refresh))?;
        }
        if let Some(table) = self.node_table() {
            writeln!(f, "{table}")?;
        }
        Ok(())
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn time(time: Duration) -> String {
    format!("{:.2}", milliseconds(time))
}
