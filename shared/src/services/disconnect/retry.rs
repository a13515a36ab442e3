//! What the platforms haven't confirmed, tried again: later and later, for 72 hours.

use std::time::Duration;

use tokio::time::Instant;

use super::Revoker;
use crate::{
    domain::Platform,
    store::{self, Database, StoreError, pending_revocations::Due},
    telemetry::metrics,
};

const FIRST_PAUSE: Duration = Duration::from_secs(120);
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

/// Tells the platforms what is due, two calls at a time to each, so that one that is away doesn't hold up the other. Nothing
/// is begun after `until`; what was begun may take another 20 seconds. Ends first what has waited for too long.
///
/// # Errors
/// See [`StoreError`]; what was confirmed before stays so.
pub async fn retry_pending(revoker: &Revoker, until: Instant) -> Result<Retried, StoreError> {
    let expired = end_expired(&revoker.database).await?;
    let of = |platform| Box::pin(some(revoker, platform, until));
    let [tiktok, instagram] = [Platform::TikTok, Platform::Instagram];
    let (one, two, three, four) = tokio::join!(of(tiktok), of(tiktok), of(instagram), of(instagram));
    let mut retried = Retried { expired, ..Retried::default() };
    for done in [one, two, three, four] {
        let done = done?;
        retried.confirmed += done.confirmed;
        retried.postponed += done.postponed;
    }
    Ok(retried)
}

async fn some(revoker: &Revoker, platform: Platform, until: Instant) -> Result<Retried, StoreError> {
    let mut retried = Retried::default();
    while Instant::now() < until {
        match revoker.next(Due::OfPlatform(platform)).await? {
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

/// How long to wait after so many attempts: two minutes, for which it was taken, then twice as long each time.
pub(super) fn pause(attempts: i32) -> Duration {
    let doublings = attempts.clamp(1, 16).unsigned_abs() - 1;
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_two_minutes_to_six_hours() {
        let minutes = |attempts| pause(attempts).as_secs() / 60;
        assert_eq!([1, 2, 3, 9, 10, 1000].map(minutes), [2, 4, 8, 360, 360, 360]);
        assert_eq!([i32::MIN, 0].map(minutes), [2, 2]);
    }
}
