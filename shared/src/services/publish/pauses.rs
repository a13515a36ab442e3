//! How long a post is left alone.

use std::time::Duration;

/// A limit of calls a minute has passed by then.
pub(super) const AFTER_A_LIMIT: Duration = Duration::from_secs(60);
/// Between two looks whether a worker is free.
pub(super) const FOR_A_TURN: Duration = Duration::from_mins(1);
/// How long a quota of the platform is waited for.
pub(crate) const AFTER_A_QUOTA: Duration = Duration::from_hours(24);
/// How long quotas are waited for in all.
pub(crate) const FOR_QUOTAS: Duration = Duration::from_hours(7 * 24);
/// How long what has become of a post is asked for closely, and how long at all.
const CLOSELY: Duration = Duration::from_mins(15);
pub(super) const AT_ALL: Duration = Duration::from_hours(72);
/// Between two questions after the close ones.
const SPARSELY: Duration = Duration::from_hours(1);

/// After so many failures in a row before this one: five seconds, then twice as long each time, up to 15 minutes.
pub(super) fn after_failures(failures: u32) -> Duration {
    let doubled = Duration::from_secs(5).saturating_mul(1 << failures.min(10));
    doubled.min(Duration::from_mins(15))
}

/// Before what has become of a post is asked again, which TikTok has had for so long: 5, 10, 20, 40 seconds, then every
/// minute, after a quarter of an hour every hour.
pub(super) fn before_asking(out_for: Duration) -> Duration {
    if out_for > CLOSELY { SPARSELY } else { out_for.clamp(Duration::from_secs(5), Duration::from_secs(60)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_answered_with_ever_longer_pauses() {
        let seconds: Vec<_> = (0..10).map(|failures| after_failures(failures).as_secs()).collect();
        assert_eq!(seconds, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(after_failures(u32::MAX), Duration::from_mins(15));
    }

    #[test]
    fn the_outcome_is_asked_for_closely_and_then_every_hour() {
        let mut asked = Vec::new();
        let mut at = Duration::ZERO;
        while at < AT_ALL {
            let pause = before_asking(at);
            asked.push(pause.as_secs());
            at += pause;
        }
        assert_eq!(asked[..7], [5, 5, 10, 20, 40, 60, 60]);
        assert!(asked.len() < 100, "{} questions", asked.len());
        assert_eq!(asked.last(), Some(&3_600));
    }
}
