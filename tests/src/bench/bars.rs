//! The design's bars, and how a figure stands beside its own. One megabyte is a million bytes.

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bar {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
    /// Nobody said.
    None,
}

/// The bars of one function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bars {
    /// The stripped binary, in megabytes.
    pub(super) size: Bar,
    /// From execution to the first poll, in milliseconds.
    pub(super) init: Bar,
    /// The time on a CPU until then, in milliseconds.
    pub(super) init_cpu: Bar,
    /// The most memory, in megabytes.
    pub(super) peak_rss: Bar,
}

/// The webhook ingest, warm, with a body of 64 KB, in milliseconds without the queue's time.
pub(super) const INGEST_WARM: Bar = Bar::AtMost(0.6);
/// The webhook processor, in percent of the rows per second of bare upserts.
pub(super) const PROCESSOR_SHARE: Bar = Bar::AtLeast(50.0);

/// Ten thousand accounts renewed, in seconds.
pub(super) const REFRESH_SECONDS: Bar = Bar::AtMost(60.0);
/// The platform's calls for them.
pub(super) const REFRESH_CALLS: Bar = Bar::AtMost(10_000.0);
/// KMS's calls for them, where an earlier run has sealed them.
pub(super) const REFRESH_KMS: Bar = Bar::AtMost(200.0);

/// The publish worker, in percent of the bytes per second of a plain copy.
pub(super) const PUBLISH_SHARE: Bar = Bar::AtLeast(70.0);
/// Its memory after the largest file, in megabytes.
pub(super) const PUBLISH_PEAK_RSS: Bar = Bar::AtMost(64.0);

/// The ingest's start, as a share of the CPU that the same function's start takes in Node.
pub(super) const NODE_INIT_SHARE: Bar = Bar::AtMost(0.05);
/// The ingest's start and first answer with AWS behind TLS, as a share of the CPU that they take in Node.
pub(super) const NODE_FIRST_SHARE: Bar = Bar::AtMost(0.066);

impl Bars {
    const NONE: Self = Self { size: Bar::None, init: Bar::None, init_cpu: Bar::None, peak_rss: Bar::None };
    const HTTP: Self =
        Self { size: Bar::AtMost(14.0), init: Bar::AtMost(20.0), init_cpu: Bar::None, peak_rss: Bar::AtMost(32.0) };
    const INGEST: Self = Self {
        size: Bar::AtMost(9.0),
        init: Bar::AtMost(8.0),
        init_cpu: Bar::AtMost(4.0),
        peak_rss: Bar::AtMost(14.0),
    };

    /// The bars of a function.
    pub(super) fn of(name: &str, is_http: bool) -> Self {
        match (name, is_http) {
            (super::ingest::NAME, _) => Self::INGEST,
            (_, true) => Self::HTTP,
            (_, false) => Self::NONE,
        }
    }
}

impl Bar {
    /// The figure beside the bar: `4.2 (≤ 8 ok)`. It's judged before it's rounded.
    pub(super) fn beside(self, figure: f64, decimals: usize) -> String {
        let (sign, bar, is_met) = match self {
            Self::AtMost(bar) => ('≤', bar, figure <= bar),
            Self::AtLeast(bar) => ('≥', bar, figure >= bar),
            Self::None => return format!("{figure:.decimals$}"),
        };
        format!("{figure:.decimals$} ({sign} {bar} {})", if is_met { "ok" } else { "MISSED" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stands_beside_its_bar() {
        assert_eq!(Bar::AtMost(8.0).beside(4.23, 1), "4.2 (≤ 8 ok)");
        assert_eq!(Bar::AtMost(0.6).beside(0.604, 2), "0.60 (≤ 0.6 MISSED)");
        assert_eq!(Bar::AtLeast(50.0).beside(49.0, 0), "49 (≥ 50 MISSED)");
        assert_eq!(Bar::None.beside(1.0, 1), "1.0");
    }

    #[test]
    fn the_ingest_has_bars_of_its_own() {
        assert_eq!(Bars::of("webhook-ingest", true).init, Bar::AtMost(8.0));
        assert_eq!(Bars::of("health", true).init, Bar::AtMost(20.0));
        assert_eq!(Bars::of("db-migrate", false), Bars::NONE);
    }
}
