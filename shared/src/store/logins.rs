//! Writing what a login brought. All of it happens in one transaction of the caller's.

use deadpool_postgres::Transaction;
use platforms::secret::{AccessToken, RefreshToken};
use tokio_postgres::types::{Json, Type};

use super::{
    Parameters, StoreError,
    array::{clipped, column, optional, storable, storable_json},
};
use crate::{
    crypto::Sealed,
    domain::{AccountId, CorrelationId, Login, LoginKind, ReachedAccount, UserId},
};

/// The index that gives a platform account one living owner.
pub const LIVING_OWNER: &str = "oauth_accounts_living_owner_key";
/// The same for Instagram accounts.
pub const INSTAGRAM_LIVING_OWNER: &str = "instagram_accounts_living_owner_key";

/// How much of a name `instagram_accounts.username` holds.
const USERNAME: usize = 255;

/// A login's tokens, sealed for its row.
#[derive(Debug)]
pub struct SealedLogin {
    /// Acts for the login.
    pub access: Sealed<AccessToken>,
    /// Renews it, on TikTok.
    pub refresh: Option<Sealed<RefreshToken>>,
}

/// The login's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upserted {
    /// Its id.
    pub account: AccountId,
    /// Whether it's this login's now; otherwise a login that was granted later is there already.
    pub is_written: bool,
}

/// Writes the login's row, new or again. A login that was granted later and written earlier stays as it is, and so do
/// names that the platform doesn't tell this time.
///
/// # Errors
/// See [`StoreError`]; [`LIVING_OWNER`] is violated where the account is another user's.
pub async fn upsert(
    transaction: &Transaction<'_>,
    user: UserId,
    login: &Login,
    sealed: &SealedLogin,
) -> Result<Upserted, StoreError> {
    const SQL: &str = "
        INSERT INTO oauth_accounts AS a (user_id, provider, login_kind, open_id, person_id, display_name, scope,
                                         access_token_encrypted, refresh_token_encrypted, token_issued_at, expires_at,
                                         refresh_expires_at, data_access_expires_at, granted_at, last_used_at, metadata)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $10, now(), $14)
            ON CONFLICT ON CONSTRAINT oauth_accounts_user_id_provider_open_id_key DO UPDATE
           SET login_kind = excluded.login_kind, person_id = excluded.person_id, scope = excluded.scope,
               display_name = coalesce(excluded.display_name, a.display_name),
               access_token_encrypted = excluded.access_token_encrypted,
               refresh_token_encrypted = excluded.refresh_token_encrypted,
               token_version = a.token_version + 1, token_issued_at = excluded.token_issued_at,
               expires_at = excluded.expires_at, refresh_expires_at = excluded.refresh_expires_at,
               data_access_expires_at = excluded.data_access_expires_at, granted_at = excluded.granted_at,
               status = 'active', status_reason = NULL,
               status_changed_at = CASE WHEN a.status = 'active' THEN a.status_changed_at ELSE now() END,
               lease_until = NULL, unanswered_refreshes = 0, failure_count = 0, next_refresh_at = NULL,
               last_used_at = now(), updated_at = now(),
               metadata = coalesce(a.metadata, '{}') || jsonb_strip_nulls(excluded.metadata)
         WHERE a.granted_at <= excluded.granted_at";
    let parameters: Parameters<'_> = &[
        (&user.0, Type::INT8),
        (&login.platform.as_str(), Type::TEXT),
        (&login.kind.map(LoginKind::as_str), Type::TEXT),
        (&login.open_id, Type::TEXT),
        (&login.person_id, Type::TEXT),
        (&optional(login.display_name.as_deref()), Type::TEXT),
        (&storable(&login.scopes.join(",")), Type::TEXT),
        (&sealed.access.as_str(), Type::TEXT),
        (&sealed.refresh.as_ref().map(Sealed::as_str), Type::TEXT),
        (&login.granted_at, Type::TIMESTAMPTZ),
        (&login.expires_at, Type::TIMESTAMPTZ),
        (&login.refresh_expires_at, Type::TIMESTAMPTZ),
        (&login.data_access_expires_at, Type::TIMESTAMPTZ),
        (&Json(storable_json(&login.metadata)), Type::JSONB),
    ];
    let rows = transaction.execute_typed(SQL, parameters).await?;
    Ok(Upserted { account: find(transaction, user, login).await?, is_written: rows > 0 })
}

async fn find(transaction: &Transaction<'_>, user: UserId, login: &Login) -> Result<AccountId, StoreError> {
    const SQL: &str = "SELECT id FROM oauth_accounts WHERE user_id = $1 AND provider = $2 AND open_id = $3";
    let parameters: Parameters<'_> =
        &[(&user.0, Type::INT8), (&login.platform.as_str(), Type::TEXT), (&login.open_id, Type::TEXT)];
    Ok(AccountId(transaction.query_typed_one(SQL, parameters).await?.try_get("id")?))
}

/// Which of these Instagram accounts another user has.
///
/// # Errors
/// See [`StoreError`].
pub async fn taken(
    transaction: &Transaction<'_>,
    user: UserId,
    kind: LoginKind,
    ig_business_ids: &[&str],
) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "
        SELECT ig_business_id FROM instagram_accounts
         WHERE ig_business_id = ANY ($1) AND login_kind = $2 AND status <> 'revoked' AND user_id <> $3";
    let parameters: Parameters<'_> =
        &[(&ig_business_ids, Type::TEXT_ARRAY), (&kind.as_str(), Type::TEXT), (&user.0, Type::INT8)];
    let rows = transaction.query_typed(SQL, parameters).await?;
    rows.iter().map(|row| Ok(row.try_get("ig_business_id")?)).collect()
}

/// Writes one account that the login reaches, new or again. Without a subscription it has to be subscribed. Where it's reached
/// by another Page than before, the subscription of that one has to be ended.
///
/// # Errors
/// See [`StoreError`]; [`INSTAGRAM_LIVING_OWNER`] is violated where it's another user's.
pub async fn upsert_instagram(
    transaction: &Transaction<'_>,
    (user, login, kind): (UserId, AccountId, LoginKind),
    account: &ReachedAccount,
    page_token: Option<&Sealed<AccessToken>>,
) -> Result<i32, StoreError> {
    const SQL: &str = "
        WITH left_behind AS (
             INSERT INTO pending_revocations (user_id, oauth_account_id, provider, login_kind, open_id, kind, page_id,
                                              access_token_encrypted)
             SELECT i.user_id, a.id, a.provider, i.login_kind, a.open_id, 'subscription', i.page_id,
                    i.page_token_encrypted
               FROM instagram_accounts i JOIN oauth_accounts a ON a.id = i.oauth_account_id
              WHERE i.user_id = $1 AND i.ig_business_id = $4 AND i.status <> 'revoked'
                AND i.page_id IS DISTINCT FROM $5 AND i.page_token_encrypted IS NOT NULL)
        INSERT INTO instagram_accounts AS i (user_id, oauth_account_id, login_kind, ig_business_id, page_id, page_name,
                                             page_tasks, page_token_encrypted, username, can_publish)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT ON CONSTRAINT instagram_accounts_user_id_ig_business_id_key DO UPDATE
           SET oauth_account_id = excluded.oauth_account_id, page_id = excluded.page_id,
               page_name = excluded.page_name, page_tasks = excluded.page_tasks,
               page_token_encrypted = excluded.page_token_encrypted, username = excluded.username,
               can_publish = excluded.can_publish, status = 'active', status_reason = NULL,
               status_changed_at = CASE WHEN i.status = 'active' THEN i.status_changed_at ELSE now() END,
               subscribed_at = NULL, updated_at = now()
        RETURNING id";
    let page = account.page.as_ref();
    let tasks = page.map_or_else(Vec::new, |page| column(&page.tasks, |task| storable(task)));
    let parameters: Parameters<'_> = &[
        (&user.0, Type::INT8),
        (&login.0, Type::INT4),
        (&kind.as_str(), Type::TEXT),
        (&account.ig_business_id, Type::TEXT),
        (&page.map(|page| page.id.as_str()), Type::TEXT),
        (&optional(page.and_then(|page| page.name.as_deref())), Type::TEXT),
        (&tasks, Type::TEXT_ARRAY),
        (&page_token.map(Sealed::as_str), Type::TEXT),
        (&clipped(&account.username, USERNAME), Type::TEXT),
        (&account.can_publish, Type::BOOL),
    ];
    Ok(transaction.query_typed_one(SQL, parameters).await?.try_get("id")?)
}

/// Ends the accounts that the login no longer reaches, and shreds their tokens, once they were moved to where the platform
/// is told to end the subscriptions.
///
/// # Errors
/// See [`StoreError`].
pub async fn end_unreached(
    transaction: &Transaction<'_>,
    user: UserId,
    login: AccountId,
    reached: &[i32],
    correlation_id: Option<&CorrelationId>,
) -> Result<(), StoreError> {
    const SQL: &str = "
        WITH unreached AS (
             SELECT id, login_kind, page_id, page_token_encrypted
               FROM instagram_accounts
              WHERE user_id = $1 AND oauth_account_id = $2 AND status <> 'revoked' AND id <> ALL ($3)
                FOR UPDATE),
        ended AS (
             UPDATE instagram_accounts i
                SET status = 'revoked', status_reason = 'not_granted', status_changed_at = now(), updated_at = now(),
                    page_token_encrypted = NULL, subscribed_at = NULL
               FROM unreached
              WHERE i.id = unreached.id)
        INSERT INTO pending_revocations (user_id, oauth_account_id, provider, login_kind, open_id, kind, page_id,
                                         access_token_encrypted, correlation_id)
        SELECT a.user_id, a.id, a.provider, unreached.login_kind, a.open_id, 'subscription', page_id,
               page_token_encrypted, $4
          FROM unreached JOIN oauth_accounts a ON a.id = $2
         WHERE page_token_encrypted IS NOT NULL";
    let parameters: Parameters<'_> = &[
        (&user.0, Type::INT8),
        (&login.0, Type::INT4),
        (&reached, Type::INT4_ARRAY),
        (&correlation_id.map(CorrelationId::as_str), Type::TEXT),
    ];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}
