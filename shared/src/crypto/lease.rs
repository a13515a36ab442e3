//! For how long, and for how many tokens, one data key seals.

use std::time::{Duration, Instant};

/// A data key's time and uses. Both are small, so that a key which leaks opens little.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lease {
    sealed: u32,
    since: Instant,
}

impl Lease {
    /// How long a clear key is used.
    pub(super) const MAX_AGE: Duration = Duration::from_secs(300);
    /// How many tokens a key seals.
    pub(super) const MAX_SEALS: u32 = 1000;

    /// A new key's, with the seal counted that the key is fetched for.
    pub(super) fn start(now: Instant) -> Self {
        Self { sealed: 1, since: now }
    }

    /// Whether the key is young enough, however many tokens it has sealed.
    pub(super) fn is_young(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) < Self::MAX_AGE
    }

    /// Whether the key may seal one more.
    pub(super) fn may_seal(&self, now: Instant) -> bool {
        self.is_young(now) && self.sealed < Self::MAX_SEALS
    }

    /// Whether the key will serve for a minute and a few hundred seals more.
    pub(super) fn has_reserve(&self, now: Instant) -> bool {
        self.is_young(now + Duration::from_secs(60)) && self.sealed < Self::MAX_SEALS - 200
    }

    /// Counts one more seal, if there may be one.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let may_seal = self.may_seal(now);
        self.sealed += u32::from(may_seal);
        may_seal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_seals_a_thousand_tokens_and_no_more() {
        let now = Instant::now();
        let mut lease = Lease::start(now);
        let further = (0..2 * Lease::MAX_SEALS).filter(|_| lease.take(now)).count();
        assert_eq!(further, 999, "beside the one that it was fetched for");
        assert!(!lease.may_seal(now));
        assert!(lease.is_young(now));
    }

    #[test]
    fn a_key_without_reserve_is_replaced_before_it_ends() {
        let now = Instant::now();
        let mut lease = Lease::start(now);
        assert!(lease.has_reserve(now));
        assert!(!lease.has_reserve(now + Duration::from_secs(240)));
        while lease.has_reserve(now) {
            assert!(lease.take(now));
        }
        assert!(lease.may_seal(now), "there is some left for who is under way");
    }

    #[test]
    fn a_key_seals_for_five_minutes_and_no_longer() {
        let now = Instant::now();
        let mut lease = Lease::start(now);
        let last = now + Duration::from_secs(300) - Duration::from_nanos(1);
        assert!(lease.take(last));
        assert!(!lease.take(now + Duration::from_secs(300)));
        assert!(!lease.is_young(now + Duration::from_secs(3000)));
    }
}
