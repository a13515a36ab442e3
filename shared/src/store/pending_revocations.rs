//! Tokens that are shredded in their own rows, and wait here until the platform has confirmed that they are revoked.
//!
//! Nobody's any more: these statements cross owners.

use std::time::Duration;

use platforms::secret::{AccessToken, RefreshToken};
use time::OffsetDateTime;
use tokio_postgres::{Row, types::Type};

use super::{Connection, Parameters, StoreError, overtaken_revocations, word};
use crate::{
    crypto::Sealed,
    domain::{AccountId, CorrelationId, LoginKind, Platform, UserId},
};

/// One thing to tell a platform, taken by one process for two minutes.
#[derive(Debug)]
pub struct PendingRevocation {
    /// Its row.
    pub id: i64,
    /// How often it was taken, this time included. A late holder's write finds another number.
    pub attempt: i32,
    /// Whose it was.
    pub user: UserId,
    /// The platform.
    pub platform: Platform,
    /// Which of Meta's logins.
    pub login_kind: Option<LoginKind>,
    /// The login's id at the platform.
    pub open_id: String,
    /// What is to be ended.
    pub kind: RevocationKind,
    /// The Page whose token this is.
    pub page_id: Option<String>,
    /// Proves that it's ours to end. Sealed for the place that it was moved from.
    pub access: Sealed<AccessToken>,
    /// When that ends, as far as is known.
    pub access_expires_at: Option<OffsetDateTime>,
    /// Gets another one, on TikTok.
    pub refresh: Option<Sealed<RefreshToken>>,
    /// How many refreshes were sent whose answer never came: one of them may have brought a pair that nobody has.
    pub unanswered: i16,
    /// Ties it to the request that disconnected the account.
    pub correlation_id: Option<CorrelationId>,
}

/// What is to be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationKind {
    /// All that the person granted.
    Grant,
    /// The webhooks of one Instagram account.
    Subscription,
}

/// What is asked for when something is taken.
#[derive(Debug, Clone, Copy)]
pub enum Due {
    /// What waits of this account.
    OfAccount(AccountId),
    /// What any of this platform has yet to be told.
    OfPlatform(Platform),
}

/// Takes one that is due: what waited longest. A grant waits until each of its account's subscriptions was tried once, since
/// their tokens end with it; one that failed doesn't hold it up for longer, for it's the grant that the person wants to see
/// ended. A grant that somebody has given anew isn't taken: ending it would end that one as well. It's taken for two minutes,
/// longer than all calls for it may last.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_due(connection: &Connection, due: Due) -> Result<Option<PendingRevocation>, StoreError> {
    const SQL: &str = "
        UPDATE pending_revocations
           SET attempts = attempts + 1, next_attempt_at = now() + INTERVAL '2 minutes', updated_at = now()
         WHERE id = (SELECT id FROM pending_revocations p
                      WHERE next_attempt_at <= now() AND expires_at > now()
                        AND ($1 IS NULL OR oauth_account_id = $1) AND ($2 IS NULL OR provider = $2)
                        AND (kind <> 'grant'
                             OR NOT EXISTS (SELECT FROM pending_revocations s
                                             WHERE s.oauth_account_id = p.oauth_account_id AND s.kind = 'subscription'
                                               AND s.error_code IS NULL)
                                AND NOT EXISTS (SELECT FROM oauth_accounts a
                                                 WHERE a.provider = p.provider AND a.open_id = p.open_id
                                                   AND a.status <> 'revoked'
                                                   AND a.login_kind IS NOT DISTINCT FROM p.login_kind))
                      ORDER BY next_attempt_at, kind DESC, id
                      LIMIT 1
                        FOR UPDATE SKIP LOCKED)
        RETURNING id, attempts, user_id, provider, login_kind, open_id, kind, page_id, access_token_encrypted,
                  refresh_token_encrypted, access_expires_at, unanswered_refreshes, correlation_id";
    let (account, platform) = match due {
        Due::OfAccount(account) => (Some(account.0), None),
        Due::OfPlatform(platform) => (None, Some(platform.as_str())),
    };
    let row = connection.query_typed_opt(SQL, &[(&account, Type::INT4), (&platform, Type::TEXT)]).await?;
    row.as_ref().map(pending).transpose()
}

/// A pair of tokens that took the place of another.
#[derive(Debug)]
pub struct SealedPair {
    /// Acts for the account.
    pub access: Sealed<AccessToken>,
    /// When that ends.
    pub access_expires_at: Option<OffsetDateTime>,
    /// Gets the next one.
    pub refresh: Sealed<RefreshToken>,
}

/// Keeps a new pair; tells whether the row is still there and the taker's own.
///
/// # Errors
/// See [`StoreError`].
pub async fn keep_pair(
    connection: &Connection,
    revocation: &PendingRevocation,
    pair: &SealedPair,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE pending_revocations
           SET access_token_encrypted = $3, refresh_token_encrypted = $4, access_expires_at = $5,
               unanswered_refreshes = 0, updated_at = now()
         WHERE id = $1 AND attempts = $2";
    let parameters: Parameters<'_> = &[
        (&revocation.id, Type::INT8),
        (&revocation.attempt, Type::INT4),
        (&pair.access.as_str(), Type::TEXT),
        (&pair.refresh.as_str(), Type::TEXT),
        (&pair.access_expires_at, Type::TIMESTAMPTZ),
    ];
    Ok(connection.execute_typed(SQL, parameters).await? == 1)
}

/// Notes that a refresh is about to be sent whose answer may get lost, or that its answer came; tells whether the row is
/// still there and the taker's own.
///
/// # Errors
/// See [`StoreError`].
pub async fn note_refresh(
    connection: &Connection,
    revocation: &PendingRevocation,
    answered: bool,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE pending_revocations
           SET unanswered_refreshes = CASE WHEN $3 THEN $4 ELSE $4 + 1 END, updated_at = now()
         WHERE id = $1 AND attempts = $2";
    let parameters: Parameters<'_> = &[
        (&revocation.id, Type::INT8),
        (&revocation.attempt, Type::INT4),
        (&answered, Type::BOOL),
        (&revocation.unanswered, Type::INT2),
    ];
    Ok(connection.execute_typed(SQL, parameters).await? == 1)
}

/// Forgets what the platform has confirmed. A grant ends for all the pairs that were given for it, unless a refresh was never
/// answered: then TikTok may have said yes to a token that another one has replaced. What a new login has cancelled meanwhile
/// may have ended with it, and has to be looked at.
///
/// # Errors
/// See [`StoreError`].
pub async fn confirm(connection: &Connection, revocation: &PendingRevocation) -> Result<(), StoreError> {
    const SQL: &str = "
        DELETE FROM pending_revocations p
         USING pending_revocations done
         WHERE done.id = $1 AND done.attempts = $2
           AND (p.id = done.id
                OR p.kind = 'grant' AND done.kind = 'grant' AND done.unanswered_refreshes = 0 AND p.provider = done.provider
                   AND p.open_id = done.open_id AND p.login_kind IS NOT DISTINCT FROM done.login_kind)";
    let parameters: Parameters<'_> = &[(&revocation.id, Type::INT8), (&revocation.attempt, Type::INT4)];
    if connection.execute_typed(SQL, parameters).await? == 0 {
        overtaken_revocations::look_again(connection, revocation).await?;
    }
    Ok(())
}

/// Puts one back for a while, with why. One that was held back meanwhile stays so. One that a new login has cancelled may
/// have ended all the same, if the answer was lost: that has to be looked at.
///
/// # Errors
/// See [`StoreError`].
pub async fn postpone(
    connection: &Connection,
    revocation: &PendingRevocation,
    pause: Duration,
    code: &str,
) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE pending_revocations
           SET next_attempt_at = greatest(next_attempt_at, now() + make_interval(secs => $3)), error_code = $4,
               updated_at = now()
         WHERE id = $1 AND attempts = $2";
    let parameters: Parameters<'_> = &[
        (&revocation.id, Type::INT8),
        (&revocation.attempt, Type::INT4),
        (&pause.as_secs_f64(), Type::FLOAT8),
        (&code, Type::TEXT),
    ];
    if connection.execute_typed(SQL, parameters).await? == 0 {
        overtaken_revocations::look_again(connection, revocation).await?;
    }
    Ok(())
}

/// Whether anything of this account still waits, or waited until its time was over and the platform was never told.
///
/// # Errors
/// See [`StoreError`].
pub async fn is_left(connection: &Connection, account: AccountId) -> Result<bool, StoreError> {
    const SQL: &str = "
        SELECT EXISTS (SELECT FROM pending_revocations WHERE oauth_account_id = $1)
            OR EXISTS (SELECT FROM oauth_accounts a JOIN auth_audit_log log
                           ON log.user_id = a.user_id AND log.oauth_account_id = a.id
                        WHERE a.id = $1 AND log.event = 'revocation_expired' AND log.at >= a.status_changed_at)";
    Ok(connection.query_typed_one(SQL, &[(&account.0, Type::INT4)]).await?.try_get(0)?)
}

fn pending(row: &Row) -> Result<PendingRevocation, StoreError> {
    let login_kind: Option<&str> = row.try_get("login_kind")?;
    let correlation_id: Option<&str> = row.try_get("correlation_id")?;
    Ok(PendingRevocation {
        id: row.try_get("id")?,
        attempt: row.try_get("attempts")?,
        user: UserId(row.try_get("user_id")?),
        platform: word(row, "provider")?,
        login_kind: login_kind.map(|_| word(row, "login_kind")).transpose()?,
        open_id: row.try_get("open_id")?,
        kind: word(row, "kind")?,
        page_id: row.try_get("page_id")?,
        access: Sealed::from_column(row.try_get("access_token_encrypted")?),
        access_expires_at: row.try_get("access_expires_at")?,
        refresh: row.try_get::<_, Option<String>>("refresh_token_encrypted")?.map(Sealed::from_column),
        unanswered: row.try_get("unanswered_refreshes")?,
        correlation_id: correlation_id.and_then(CorrelationId::parse),
    })
}
