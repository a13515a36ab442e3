//! Disconnecting accounts: at once here, and at the platform as soon as it answers.
//!
//! ```text
//! disconnect     tokens moved to pending_revocations as they are, their own columns shredded, in one transaction
//!                → then, in the same invocation, the platform is told          → row deleted
//! retry_pending  what the platform hasn't confirmed is tried again, for 72 hours → row deleted
//! ```
//!
//! The first step needs neither key nor platform, so nobody is kept from leaving. Connecting the account again deletes what
//! waits: a late revocation would end the new grant.

mod error;
mod instagram;
mod retry;
mod revoker;
mod tiktok;

pub use error::{DisconnectError, RevokeError};
pub use retry::{Retried, end_expired, retry_pending};
pub use revoker::Revoker;

use std::time::Duration;

use platforms::transport::Transport;
use serde::{Serialize, Serializer};
use tokio::time::{Instant, timeout};

use self::revoker::CALL;
use crate::{
    domain::{AccountId, AuthEvent, AuthEventKind, Platform, UserId, Visitor},
    store::{self, Attempts, StoreError, pending_revocations::Due},
    telemetry::{causes, metrics},
};

/// How long calls to the platform are begun for; what is left then, the retry does.
const PATIENCE: Duration = Duration::from_secs(5);
/// What the last one may take: a revocation, a refresh that must not be cut short, and another revocation.
const LONGEST: Duration = CALL.saturating_mul(2).saturating_add(Transport::TIMEOUT);
/// What all of it may take, the vault and the tables included: API Gateway waits for 30 seconds, and the function for 29.
const LIMIT: Duration = Duration::from_secs(25);

const _: () = assert!(PATIENCE.as_secs() + LONGEST.as_secs() < LIMIT.as_secs(), "a refresh would be cut short");

/// What disconnecting needs.
#[derive(Debug)]
pub struct Disconnect {
    /// Tells the platforms.
    pub revoker: Revoker,
}

/// How far it is at the platform; here it's done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// The platform has confirmed, or had ended it before.
    Confirmed,
    /// The platform will be told.
    Pending,
}

/// `true`, or `"pending"`.
impl Serialize for Revoked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Confirmed => serializer.serialize_bool(true),
            Self::Pending => serializer.serialize_str("pending"),
        }
    }
}

impl Disconnect {
    /// Disconnects the owner's account. One that was disconnected before stays so.
    ///
    /// # Errors
    /// See [`DisconnectError`]: nothing was done.
    pub async fn disconnect(
        &self,
        owner: UserId,
        platform: Platform,
        account: AccountId,
        visitor: &Visitor,
    ) -> Result<Revoked, DisconnectError> {
        let mut attempts = Attempts::default();
        let lived = loop {
            match Box::pin(self.end(owner, platform, account, visitor)).await {
                Err(error) if attempts.allow_another(&error) => {}
                lived => break lived?.ok_or(DisconnectError::NotFound)?,
            }
        };
        if lived && timeout(LIMIT, self.tell(account)).await.is_err() {
            tracing::warn!(account = account.0, "telling the platform takes too long, the rest is left for later");
        }
        let revoked = match self.is_left(account).await {
            Ok(false) => Revoked::Confirmed,
            Ok(true) => Revoked::Pending,
            Err(error) => {
                tracing::warn!(cause = %causes(&error), "whether the platform has confirmed can't be told");
                Revoked::Pending
            }
        };
        if lived {
            metrics::account_disconnected(platform.as_str(), revoked == Revoked::Confirmed);
        }
        Ok(revoked)
    }

    /// The part that is ours, in one transaction; tells whether the account lived until now.
    async fn end(
        &self,
        owner: UserId,
        platform: Platform,
        account: AccountId,
        visitor: &Visitor,
    ) -> Result<Option<bool>, StoreError> {
        let mut connection = self.revoker.database.connection().await?;
        let transaction = connection.transaction().await?;
        let lives = store::disconnections::lock(&transaction, owner, platform, account).await?;
        if lives != Some(true) {
            return Ok(lives);
        }
        let event = AuthEvent {
            event: AuthEventKind::Disconnected,
            user: Some(owner),
            platform,
            account: Some(account),
            failure: None,
            visitor,
        };
        store::disconnections::hand_over(&transaction, account, visitor.correlation_id.as_ref()).await?;
        store::disconnections::shred(&transaction, &[account], "disconnected").await?;
        store::auth_audit_log::insert(&*transaction, &event).await?;
        transaction.commit().await?;
        event.log();
        Ok(lives)
    }

    /// Tells the platform what waits of this account. Whatever fails is tried again later.
    async fn tell(&self, account: AccountId) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            match self.revoker.next(Due::OfAccount(account)).await {
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(cause = %causes(&error), "telling the platform is left for later");
                    return;
                }
            }
        }
    }

    async fn is_left(&self, account: AccountId) -> Result<bool, StoreError> {
        let connection = self.revoker.database.connection().await?;
        store::pending_revocations::is_left(&connection, account).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_true_or_a_word() {
        let json = [Revoked::Confirmed, Revoked::Pending].map(|revoked| serde_json::json!({ "revoked": revoked }));
        assert_eq!(json, [serde_json::json!({ "revoked": true }), serde_json::json!({ "revoked": "pending" })]);
    }
}
