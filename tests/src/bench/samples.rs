//! Many measurements of one thing.

use std::time::Duration;

/// Measurements in the order in which they were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Samples(Vec<Duration>);

impl FromIterator<Duration> for Samples {
    fn from_iter<T: IntoIterator<Item = Duration>>(measurements: T) -> Self {
        Self(Vec::from_iter(measurements))
    }
}

impl Samples {
    /// The smallest measurement that so many percent of all don't exceed (nearest rank); zero where there are none.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let mut ascending = self.0.clone();
        ascending.sort_unstable();
        let rank = (ascending.len() * percent).div_ceil(100);
        ascending.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// The middle one.
    pub(super) fn median(&self) -> Duration {
        self.percentile(50)
    }
}

/// A time in milliseconds, as all tables have it.
pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(milliseconds: impl IntoIterator<Item = u64>) -> Samples {
        milliseconds.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn percentiles_are_measurements() {
        let hundred = samples((1..=100).rev());
        for (percent, expected) in [(1, 1), (50, 50), (99, 99), (100, 100)] {
            assert_eq!(hundred.percentile(percent), Duration::from_millis(expected));
        }
        assert_eq!(samples([1, 2, 3, 4]).median(), Duration::from_millis(2));
        assert_eq!(samples([7]).percentile(99), Duration::from_millis(7));
    }

    #[test]
    fn of_nothing_the_median_is_zero() {
        assert_eq!(samples([]).median(), Duration::ZERO);
    }
}
