//! How long an invocation works on a post.

use std::time::Duration;

use tokio::time::Instant;

/// The longest that one invocation works. Short ones make a lost worker cheap.
const BUDGET: Duration = Duration::from_secs(120);
/// What is kept for a chunk that takes longer than the ones before it.
const RESERVE: Duration = Duration::from_secs(30);
/// What is kept for writing down how far it got.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// When an invocation begins nothing more, and when it breaks off what it has begun.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    begins_until: Instant,
    ends_at: Instant,
}

impl Clock {
    /// For an invocation that is killed at `deadline`.
    #[must_use]
    pub fn until(deadline: Instant) -> Self {
        let now = Instant::now();
        let left = deadline.saturating_duration_since(now);
        let begins_until = now + BUDGET.min(left.saturating_sub(RESERVE));
        Self { begins_until, ends_at: now + left.saturating_sub(LAST_WORDS) }
    }

    /// Whether something that takes so long may be begun.
    pub(super) fn allows(&self, expected: Duration) -> bool {
        Instant::now() + expected < self.begins_until
    }

    /// When what is under way is broken off.
    pub(super) fn ends_at(&self) -> Instant {
        self.ends_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(seconds: u64) -> Clock {
        Clock::until(Instant::now() + Duration::from_secs(seconds))
    }

    #[test]
    fn an_invocation_works_for_two_minutes_at_most() {
        assert!(clock(180).allows(Duration::from_secs(115)));
        assert!(!clock(900).allows(Duration::from_secs(121)));
    }

    #[test]
    fn shortly_before_its_end_nothing_is_begun() {
        assert!(!clock(31).allows(Duration::from_secs(2)));
        assert!(!clock(5).allows(Duration::ZERO));
        assert!(clock(60).allows(Duration::from_secs(20)));
    }
}
