//! Who may renew an account's tokens: one worker at a time, until its lease ends.
//!
//! Each claim raises the lease's number, which what comes of it is written by (see [`renewals`](super::renewals)).

use platforms::secret::{AccessToken, RefreshToken};
use time::OffsetDateTime;
use tokio_postgres::{Row, types::Type};

use super::{Connection, Parameters, StoreError, word};
use crate::{
    crypto::Sealed,
    domain::{AccountId, LoginKind, Platform, UserId},
};

/// An account that this worker may renew.
#[derive(Debug)]
pub struct Leased {
    /// `oauth_accounts.id`.
    pub id: AccountId,
    /// Whose it is.
    pub user: UserId,
    /// Where.
    pub platform: Platform,
    /// On Instagram, which of the two logins.
    pub kind: Option<LoginKind>,
    /// The platform's id of the login.
    pub open_id: String,
    /// Acts for the login.
    pub access: Option<Sealed<AccessToken>>,
    /// Renews it, on TikTok.
    pub refresh: Option<Sealed<RefreshToken>>,
    /// Which tokens these are: every write raises it.
    pub version: i64,
    /// When they came.
    pub issued_at: Option<OffsetDateTime>,
    /// When the access token ends.
    pub expires_at: Option<OffsetDateTime>,
    /// How often in a row renewing has failed.
    pub failures: i32,
    pub(super) lease: i64,
}

/// How long a claim is good: longer than all calls of one batch take.
const LEASE: &str = "interval '3 minutes'";

const COLUMNS: &str = "
    a.id, a.user_id, a.provider, a.login_kind, a.open_id, a.access_token_encrypted, a.refresh_token_encrypted,
    a.token_version, a.token_issued_at, a.expires_at, a.failure_count, a.lease_token";

/// What is due: whatever a time was set for, since renewing it failed or something may have befallen it. Else, on TikTok:
/// in use, over before the run after the next, and not just renewed; or at rest and seven days old, so that its refresh token
/// doesn't age out. Instagram Login: within ten days of its end, and a day old. Facebook Login: looked at every day, as Meta
/// advises for tokens that a server holds.
const DUE: &str = "
    a.status = 'active' AND (a.lease_until IS NULL OR a.lease_until < now())
    AND (a.next_refresh_at IS NULL OR a.next_refresh_at <= now())
    AND (a.next_refresh_at IS NOT NULL OR CASE coalesce(a.login_kind, a.provider)
        WHEN 'tiktok' THEN
            coalesce(a.token_issued_at, a.created_at) < now() - interval '7 days'
            OR coalesce(a.expires_at, a.token_issued_at) < now() + interval '65 minutes'
               AND coalesce(a.token_issued_at, a.created_at) < now() - interval '25 minutes'
               AND (a.last_used_at > now() - interval '24 hours'
                    OR EXISTS (SELECT FROM tiktok_posts p
                                WHERE p.oauth_account_id = a.id
                                  AND (p.status IN ('QUEUED', 'HELD', 'PROCESSING_UPLOAD', 'PROCESSING_DOWNLOAD',
                                                    'SEND_TO_USER_INBOX')
                                       OR p.status = 'SCHEDULED' AND p.publish_at < now() + interval '2 hours')))
        WHEN 'instagram_login' THEN
            coalesce(a.expires_at, a.token_issued_at + interval '60 days') < now() + interval '10 days'
            AND coalesce(a.token_issued_at, a.created_at) < now() - interval '1 day'
        ELSE
            coalesce(a.token_issued_at, a.created_at) < now() - interval '1 day'
        END)";

/// Claims at most `limit` accounts of these kinds (a login kind, or a platform that has none) that are due: those first
/// that end first, but after all others those that fail again and again.
///
/// # Errors
/// See [`StoreError`].
pub async fn claim_due(connection: &Connection, kinds: &[&str], limit: i64) -> Result<Vec<Leased>, StoreError> {
    let sql = format!(
        "
        WITH due AS (
             SELECT a.id FROM oauth_accounts a
              WHERE coalesce(a.login_kind, a.provider) = ANY ($1) AND {DUE}
              ORDER BY a.failure_count > 3, a.expires_at NULLS LAST, a.id
              LIMIT $2
                FOR UPDATE SKIP LOCKED)
        UPDATE oauth_accounts a
           SET lease_until = now() + {LEASE}, lease_token = a.lease_token + 1
          FROM due
         WHERE a.id = due.id
        RETURNING {COLUMNS}"
    );
    let parameters: Parameters<'_> = &[(&kinds, Type::TEXT_ARRAY), (&limit, Type::INT8)];
    let rows = connection.query_typed(&sql, parameters).await?;
    rows.iter().map(leased).collect()
}

/// Claims this account, due or not, as long as its tokens are the ones that were looked at; `None` where somebody else has
/// it or has just renewed it, or where it no longer is active.
///
/// # Errors
/// See [`StoreError`].
pub async fn claim(connection: &Connection, account: AccountId, version: i64) -> Result<Option<Leased>, StoreError> {
    let sql = format!(
        "
        UPDATE oauth_accounts a
           SET lease_until = now() + {LEASE}, lease_token = a.lease_token + 1
         WHERE a.id = $1 AND a.token_version = $2 AND a.status = 'active'
           AND (a.lease_until IS NULL OR a.lease_until < now())
        RETURNING {COLUMNS}"
    );
    let row = connection.query_typed_opt(&sql, &[(&account.0, Type::INT4), (&version, Type::INT8)]).await?;
    row.as_ref().map(leased).transpose()
}

/// Notes that a call is about to be sent whose answer may get lost, and starts the lease anew; `false` when it's no longer
/// ours.
///
/// # Errors
/// See [`StoreError`].
pub async fn begin(connection: &Connection, leased: &Leased) -> Result<bool, StoreError> {
    let sql = format!(
        "
        UPDATE oauth_accounts
           SET unanswered_refreshes = least(unanswered_refreshes + 1, 1000), lease_until = now() + {LEASE}
         WHERE id = $1 AND token_version = $2 AND lease_token = $3 AND status = 'active'"
    );
    write(connection, &sql, leased, &[]).await
}

/// Notes that the call which was [begun](begin) last certainly did nothing; `false` when the lease is no longer ours.
///
/// # Errors
/// See [`StoreError`].
pub async fn did_nothing(connection: &Connection, leased: &Leased) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE oauth_accounts
           SET unanswered_refreshes = greatest(unanswered_refreshes - 1, 0)
         WHERE id = $1 AND token_version = $2 AND lease_token = $3";
    write(connection, SQL, leased, &[]).await
}

/// A statement about one row, with its id, the tokens' version and the lease first.
pub(super) async fn write(
    connection: &Connection,
    sql: &str,
    leased: &Leased,
    more: Parameters<'_>,
) -> Result<bool, StoreError> {
    let which: Parameters<'_> =
        &[(&leased.id.0, Type::INT4), (&leased.version, Type::INT8), (&leased.lease, Type::INT8)];
    let parameters: Vec<_> = which.iter().chain(more).cloned().collect();
    Ok(connection.execute_typed(sql, &parameters).await? == 1)
}

fn leased(row: &Row) -> Result<Leased, StoreError> {
    let kind: Option<&str> = row.try_get("login_kind")?;
    Ok(Leased {
        id: AccountId(row.try_get("id")?),
        user: UserId(row.try_get("user_id")?),
        platform: word(row, "provider")?,
        kind: kind.map(|_| word(row, "login_kind")).transpose()?,
        open_id: row.try_get("open_id")?,
        access: row.try_get::<_, Option<String>>("access_token_encrypted")?.map(Sealed::from_column),
        refresh: row.try_get::<_, Option<String>>("refresh_token_encrypted")?.map(Sealed::from_column),
        version: row.try_get("token_version")?,
        issued_at: row.try_get("token_issued_at")?,
        expires_at: row.try_get("expires_at")?,
        failures: row.try_get("failure_count")?,
        lease: row.try_get("lease_token")?,
    })
}
