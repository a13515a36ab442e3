//! What a failure means for the account: it waits, or the person must connect it again.

use platforms::{error::PlatformError, verdict::Verdict};
use time::{Duration, OffsetDateTime};

use super::{
    Tokens,
    renew::{Fate, RenewError},
};
use crate::{
    domain::catalogue::ErrorCode,
    store::{StoreError, renewals, token_leases::Leased},
    telemetry::{causes, metrics},
};

/// The longest pause between two tries: shorter than the round's, so that no round is left out for long.
const LONGEST_PAUSE: Duration = Duration::minutes(25);
/// A word that isn't known kills no account, unless it has come so often in a row, for half a day and more, and the
/// account's token has ended meanwhile.
const HOPELESS: i32 = 30;

impl Tokens {
    /// Writes down what the failure means. Where even that fails, the lease ends by itself and the account is tried again.
    pub(super) async fn settle(&self, leased: &Leased, error: RenewError) -> Fate {
        let (account, provider, cause) = (leased.id.0, leased.platform.as_str(), causes(&error));
        let meaning = Meaning::of(&error, leased, OffsetDateTime::now_utc());
        tracing::warn!(account, provider, failures = leased.failures, ?meaning, cause, "tokens were not renewed");
        let settled = match meaning {
            Meaning::Dead(code) => self.declare_dead(leased, code).await,
            Meaning::AppAtFault => self.postpone(leased, false).await.map(|()| Fate::AppAtFault),
            Meaning::PlatformAway => self.postpone(leased, false).await.map(|()| Fate::PlatformAway),
            Meaning::Refused => self.postpone(leased, true).await.map(|()| Fate::Postponed),
            Meaning::Ours => self.postpone(leased, false).await.map(|()| Fate::Postponed),
        };
        let fate = settled.unwrap_or_else(|error| {
            tracing::error!(account, cause = causes(&error), "the outcome of a refresh could not be written down");
            Fate::Postponed
        });
        if fate != Fate::Superseded {
            metrics::token_refresh_failed(provider);
        }
        fate
    }

    /// A refusal may only mean that somebody else was quicker: then other tokens lie there, and nobody is dead.
    async fn declare_dead(&self, leased: &Leased, code: ErrorCode) -> Result<Fate, StoreError> {
        let connection = self.database.connection().await?;
        let died = renewals::died(&connection, leased, code.as_str()).await?;
        Ok(if died { Fate::Dead(code) } else { Fate::Superseded })
    }

    async fn postpone(&self, leased: &Leased, refusal: bool) -> Result<(), StoreError> {
        let next = OffsetDateTime::now_utc() + pause(leased.failures);
        renewals::postponed(&self.database.connection().await?, leased, refusal, next).await?;
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Dead(ErrorCode),
    AppAtFault,
    PlatformAway,
    /// By a word that says nothing of the token.
    Refused,
    /// The vault or the database.
    Ours,
}

impl Meaning {
    fn of(error: &RenewError, leased: &Leased, now: OffsetDateTime) -> Self {
        match error {
            RenewError::Dead(code) => Self::Dead(*code),
            RenewError::Platform(error) => Self::of_refusal(error, leased, now),
            RenewError::NoApp | RenewError::ForeignApp | RenewError::Secret(_) => Self::AppAtFault,
            RenewError::TooSlow => Self::PlatformAway,
            RenewError::Vault(_) | RenewError::Store(_) => Self::Ours,
        }
    }

    fn of_refusal(error: &PlatformError, leased: &Leased, now: OffsetDateTime) -> Self {
        let is_hopeless = leased.failures >= HOPELESS && leased.expires_at.is_none_or(|end| end < now);
        match Verdict::from(error) {
            Verdict::TokenDead(_) | Verdict::NotGranted => Self::Dead(error.into()),
            Verdict::Refused if is_hopeless => Self::Dead(error.into()),
            Verdict::AppAtFault => Self::AppAtFault,
            Verdict::Refused => Self::Refused,
            Verdict::Throttled | Verdict::Transient => Self::PlatformAway,
        }
    }
}

/// A minute, then twice as long each time.
fn pause(failures: i32) -> Duration {
    let doublings = failures.clamp(0, 10).unsigned_abs();
    (Duration::MINUTE * 2_i32.pow(doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_shorter_than_a_round() {
        let pauses: Vec<_> = (0..7).map(|failures| pause(failures).whole_minutes()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 25, 25]);
        assert_eq!(pause(i32::MAX), LONGEST_PAUSE);
        assert_eq!(pause(-1), Duration::MINUTE);
    }
}
