//! What the platforms haven't confirmed, tried again: later and later, for 72 hours.

use std::time::Duration;

use tokio::time::Instant;

use super::Revoker;
use crate::{
    store::{self, Database, StoreError},
    telemetry::metrics,
};

const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 60 * 60);

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retried {
    /// The platform confirmed, or had ended it before.
    pub confirmed: usize,
    /// They are tried again.
    pub postponed: usize,
    /// Their 72 hours are over, and the platform was never told.
    pub expired: usize,
}

/// Tells the platforms what is due, four at a time so that one platform that is away doesn't hold up the other. Nothing is
/// begun after `until`; what was begun may take another 20 seconds. Ends first what has waited for too long.
///
/// # Errors
/// See [`StoreError`]; what was confirmed before stays so.
pub async fn retry_pending(revoker: &Revoker, until: Instant) -> Result<Retried, StoreError> {
    let expired = end_expired(&revoker.database).await?;
    let some = || Box::pin(some(revoker, until));
    let (one, two, three, four) = tokio::join!(some(), some(), some(), some());
    let mut retried = Retried { expired, ..Retried::default() };
    for done in [one, two, three, four] {
        let done = done?;
        retried.confirmed += done.confirmed;
        retried.postponed += done.postponed;
    }
    Ok(retried)
}

async fn some(revoker: &Revoker, until: Instant) -> Result<Retried, StoreError> {
    let mut retried = Retried::default();
    while Instant::now() < until {
        match revoker.next(None).await? {
            Some(true) => retried.confirmed += 1,
            Some(false) => retried.postponed += 1,
            None => break,
        }
    }
    Ok(retried)
}

/// Forgets what has waited for 72 hours: a copy of a token isn't kept for longer. Returns how many those were.
///
/// # Errors
/// See [`StoreError`].
pub async fn end_expired(database: &Database) -> Result<usize, StoreError> {
    let connection = database.connection().await?;
    let expired = store::expired_revocations::end(&connection).await?;
    for gone in &expired {
        let (account, platform) = (gone.account.map(|account| account.0), gone.platform.as_str());
        let (kind, code, correlation_id) = (&gone.kind, &gone.error_code, &gone.correlation_id);
        tracing::error!(
            account,
            platform,
            kind,
            code,
            correlation_id,
            "72 hours are over, the platform was never told"
        );
        metrics::revocation_expired(platform);
    }
    Ok(expired.len())
}

/// How long to wait after so many attempts: a minute, then twice as long each time.
pub(super) fn pause(attempts: i32) -> Duration {
    let doublings = attempts.clamp(1, 16).unsigned_abs() - 1;
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_a_minute_to_six_hours() {
        let minutes = |attempts| pause(attempts).as_secs() / 60;
        assert_eq!([1, 2, 3, 9, 10, 1000].map(minutes), [1, 2, 4, 256, 360, 360]);
        assert_eq!([i32::MIN, 0].map(minutes), [1, 1]);
    }
}
