//! Connected accounts.

use std::time::Duration;

use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use tokio_postgres::{
    Row,
    types::{Json, Type},
};

use super::{
    Connection, Parameters, StoreError,
    array::{column, storable},
    webhook_events::Key,
    word,
};
use crate::domain::{
    Account, AccountId, AccountStatus, AuthorizationRemoval, Change, PageRequest, Platform, StatusReason, UserId,
    WebhookEvent,
};

/// The owner's accounts, newest first: at most [`PageRequest::fetch`] rows. Renewing begins ten days before the end, so
/// `expiring` is what has failed for three days.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(connection: &Connection, owner: UserId, page: PageRequest) -> Result<Vec<Account>, StoreError> {
    const SQL: &str = "
        SELECT a.id, a.provider, a.open_id, a.display_name, a.scope, ends.at AS expires_at,
               CASE WHEN a.status = 'active' AND ends.at < now() + INTERVAL '7 days' THEN 'expiring'
                    ELSE a.status END AS status, a.status_reason, a.status_changed_at,
               (SELECT coalesce(json_agg(json_build_object('id', i.id, 'igBusinessId', i.ig_business_id,
                                         'username', i.username, 'canPublish', i.can_publish, 'status', i.status,
                                         'statusReason', i.status_reason) ORDER BY i.id), '[]')
                  FROM instagram_accounts i
                 WHERE i.oauth_account_id = a.id AND i.status <> 'revoked') AS instagram_accounts
          FROM oauth_accounts a
         CROSS JOIN LATERAL (
               SELECT least(coalesce(a.refresh_expires_at, a.expires_at), a.data_access_expires_at) AS at) ends
         WHERE a.user_id = $1 AND a.id < $2
         ORDER BY a.id DESC
         LIMIT $3";
    let parameters: Parameters<'_> =
        &[(&owner.0, Type::INT8), (&page.before(), Type::INT4), (&page.fetch(), Type::INT8)];
    let rows = connection.query_typed(SQL, parameters).await?;
    rows.iter().map(account).collect()
}

/// Whether an account can act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether it works.
    pub status: AccountStatus,
    /// Why it doesn't.
    pub reason: Option<String>,
    /// What the person granted.
    pub scopes: Vec<String>,
    /// When: each new login has another time.
    pub granted_at: OffsetDateTime,
}

/// How the owner's account on this platform stands.
///
/// # Errors
/// See [`StoreError`].
pub async fn standing(
    connection: &Connection,
    owner: UserId,
    platform: Platform,
    account: AccountId,
) -> Result<Option<Standing>, StoreError> {
    const SQL: &str = "
        SELECT status, status_reason, scope, granted_at
          FROM oauth_accounts
         WHERE id = $1 AND user_id = $2 AND provider = $3";
    let parameters: Parameters<'_> =
        &[(&account.0, Type::INT4), (&owner.0, Type::INT8), (&platform.as_str(), Type::TEXT)];
    let Some(row) = connection.query_typed_opt(SQL, parameters).await? else { return Ok(None) };
    Ok(Some(Standing {
        status: word(&row, "status")?,
        reason: row.try_get("status_reason")?,
        scopes: scopes(&row)?,
        granted_at: row.try_get("granted_at")?,
    }))
}

/// How long the active account of each platform that ends first has still to live. One whose token has ended counts as
/// none. Access to data that has ended is the person's to renew, and would hide all the other ends.
///
/// # Errors
/// See [`StoreError`].
pub async fn expiry_horizons(connection: &Connection) -> Result<Vec<(Platform, Duration)>, StoreError> {
    const SQL: &str = "
        SELECT provider, greatest(extract(epoch FROM min(
                   least(coalesce(refresh_expires_at, expires_at),
                         CASE WHEN data_access_expires_at > now() THEN data_access_expires_at END)) - now()), 0)::float8
                   AS seconds
          FROM oauth_accounts
         WHERE status = 'active'
           AND (coalesce(refresh_expires_at, expires_at) IS NOT NULL OR data_access_expires_at > now())
         GROUP BY provider";
    let rows = connection.query_typed(SQL, &[]).await?;
    rows.iter().map(|row| Ok((word(row, "provider")?, Duration::from_secs_f64(row.try_get("seconds")?)))).collect()
}

/// Marks the TikTok accounts whose authorization was removed as revoked, shreds their tokens, and returns the events
/// that did so. A removal that is older than an account's latest grant is passed over. Each one that counts leaves a
/// line in the audit log.
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_removals(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<Vec<Key>, StoreError> {
    const SQL: &str = "
        WITH said AS (
             SELECT DISTINCT ON (open_id) open_id, at, reason, correlation_id, external_id
               FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
                 AS removal (open_id, at, reason, correlation_id, external_id)
              ORDER BY open_id, at DESC),
        found AS (
             SELECT a.id, said.reason, said.correlation_id, said.external_id
               FROM oauth_accounts a JOIN said ON said.open_id = a.open_id
              WHERE a.provider = 'tiktok' AND a.status <> 'revoked' AND a.granted_at <= said.at
              ORDER BY a.id
                FOR UPDATE OF a),
        revoked AS (
             UPDATE oauth_accounts a
                SET status = 'revoked', status_reason = found.reason, status_changed_at = now(), updated_at = now(),
                    access_token_encrypted = NULL, refresh_token_encrypted = NULL, token_version = token_version + 1
               FROM found
              WHERE a.id = found.id
             RETURNING a.id, a.user_id, found.reason, found.correlation_id, found.external_id),
        noted AS (
             INSERT INTO auth_audit_log (user_id, event, provider, oauth_account_id, outcome, code, correlation_id)
             SELECT user_id, 'authorization_removed', 'tiktok', id, 'success', reason, correlation_id FROM revoked)
        SELECT external_id FROM revoked";
    let removals: Vec<_> = events.iter().filter_map(|event| Some((*event, removal(event)?))).collect();
    if removals.is_empty() {
        return Ok(Vec::new());
    }
    let parameters: Parameters<'_> = &[
        (&column(&removals, |(_, removal)| storable(&removal.open_id)), Type::TEXT_ARRAY),
        (&column(&removals, |(_, removal)| removal.at), Type::TIMESTAMPTZ_ARRAY),
        (&column(&removals, |(_, removal)| removal.reason), Type::TEXT_ARRAY),
        (&column(&removals, |(event, _)| event.correlation_id.as_ref().map(|id| id.as_str())), Type::TEXT_ARRAY),
        (&column(&removals, |(event, _)| event.external_id.as_str()), Type::TEXT_ARRAY),
    ];
    let rows = transaction.query_typed(SQL, parameters).await?;
    rows.iter().map(|row| Ok((Platform::TikTok, row.try_get("external_id")?))).collect()
}

fn removal(event: &WebhookEvent) -> Option<&AuthorizationRemoval> {
    if let Change::AuthorizationRemoved(removal) = &event.change { Some(removal) } else { None }
}

fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId(row.try_get("id")?),
        platform: word(row, "provider")?,
        open_id: row.try_get("open_id")?,
        display_name: row.try_get("display_name")?,
        status: word::<AccountStatus>(row, "status")?,
        status_reason: row.try_get::<_, Option<String>>("status_reason")?.map(StatusReason::from),
        status_since: row.try_get("status_changed_at")?,
        scopes: scopes(row)?,
        expires_at: row.try_get("expires_at")?,
        instagram_accounts: row.try_get::<_, Json<_>>("instagram_accounts")?.0,
    })
}

fn scopes(row: &Row) -> Result<Vec<String>, StoreError> {
    let scopes: &str = row.try_get("scope")?;
    Ok(scopes.split(',').filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
}
