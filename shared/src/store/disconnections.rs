//! The end of a connection in our own tables: tokens handed over to be revoked and shredded, rows kept.

use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use tokio_postgres::types::Type;

use super::{Parameters, StoreError, word};
use crate::domain::{AccountId, CorrelationId, Login, LoginKind, Platform, UserId};

/// Locks the owner's account; tells whether it lives, or `None` where the owner has no such account.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock(
    transaction: &Transaction<'_>,
    owner: UserId,
    platform: Platform,
    account: AccountId,
) -> Result<Option<bool>, StoreError> {
    const SQL: &str = "
        SELECT status <> 'revoked' AS lives FROM oauth_accounts
         WHERE id = $1 AND user_id = $2 AND provider = $3
           FOR UPDATE";
    let parameters: Parameters<'_> =
        &[(&account.0, Type::INT4), (&owner.0, Type::INT8), (&platform.as_str(), Type::TEXT)];
    let row = transaction.query_typed_opt(SQL, parameters).await?;
    row.map(|row| Ok(row.try_get("lives")?)).transpose()
}

/// Moves a login's tokens to `pending_revocations` as they are: its grant, unless Meta's person has another living
/// connection, which would end with it; and a subscription for each Instagram account behind it. Instagram Login has no
/// grant that can be given back.
///
/// # Errors
/// See [`StoreError`].
pub async fn hand_over(
    transaction: &Transaction<'_>,
    account: AccountId,
    correlation_id: Option<&CorrelationId>,
) -> Result<(), StoreError> {
    const SQL: &str = "
        WITH waiting AS (
             SELECT a.*, 'grant' AS kind, NULL AS page_id, a.access_token_encrypted AS token
               FROM oauth_accounts a
              WHERE a.id = $1 AND a.login_kind IS DISTINCT FROM 'instagram_login'
                AND NOT EXISTS (SELECT FROM oauth_accounts other
                                 WHERE other.provider = a.provider AND other.login_kind = a.login_kind
                                   AND other.person_id = a.person_id AND other.id <> a.id AND other.status <> 'revoked')
              UNION ALL
             SELECT a.*, 'subscription', i.page_id,
                    CASE WHEN i.page_id IS NULL THEN a.access_token_encrypted ELSE i.page_token_encrypted END
               FROM oauth_accounts a JOIN instagram_accounts i ON i.oauth_account_id = a.id
              WHERE a.id = $1 AND i.status <> 'revoked')
        INSERT INTO pending_revocations (user_id, oauth_account_id, provider, login_kind, open_id, kind, page_id,
                                         access_token_encrypted, refresh_token_encrypted, access_expires_at,
                                         unanswered_refreshes, correlation_id)
        SELECT user_id, id, provider, login_kind, open_id, kind, page_id, token,
               CASE WHEN kind = 'grant' THEN refresh_token_encrypted END,
               CASE WHEN page_id IS NULL THEN expires_at END, unanswered_refreshes, $2
          FROM waiting
         WHERE token IS NOT NULL";
    let parameters: Parameters<'_> =
        &[(&account.0, Type::INT4), (&correlation_id.map(CorrelationId::as_str), Type::TEXT)];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Revokes these accounts and the Instagram accounts behind them, and shreds their tokens. What a refresh brings later
/// finds another token version.
///
/// # Errors
/// See [`StoreError`].
pub async fn shred(transaction: &Transaction<'_>, accounts: &[AccountId], reason: &str) -> Result<(), StoreError> {
    const SQL: &str = "
        WITH revoked AS (
             UPDATE oauth_accounts
                SET status = 'revoked', status_reason = $2, status_changed_at = now(), updated_at = now(),
                    access_token_encrypted = NULL, refresh_token_encrypted = NULL, token_version = token_version + 1,
                    lease_until = NULL
              WHERE id = ANY ($1) AND status <> 'revoked'
             RETURNING id)
        UPDATE instagram_accounts
           SET status = 'revoked', status_reason = $2, status_changed_at = now(), updated_at = now(),
               page_token_encrypted = NULL, subscribed_at = NULL
         WHERE oauth_account_id IN (SELECT id FROM revoked) AND status <> 'revoked'";
    let ids: Vec<_> = accounts.iter().map(|account| account.0).collect();
    let parameters: Parameters<'_> = &[(&ids, Type::INT4_ARRAY), (&reason, Type::TEXT)];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Which of these logins, the first before the others, knows the person whom Meta names.
///
/// # Errors
/// See [`StoreError`].
pub async fn login_of(
    transaction: &Transaction<'_>,
    person_id: &str,
    kinds: &[LoginKind],
) -> Result<Option<LoginKind>, StoreError> {
    const SQL: &str = "
        SELECT login_kind FROM oauth_accounts
         WHERE provider = 'instagram' AND person_id = $1 AND login_kind = ANY ($2)
         ORDER BY array_position($2, login_kind::text)
         LIMIT 1";
    let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    let parameters: Parameters<'_> = &[(&person_id, Type::TEXT), (&kinds, Type::TEXT_ARRAY)];
    let row = transaction.query_typed_opt(SQL, parameters).await?;
    row.map(|row| word(&row, "login_kind")).transpose()
}

/// Locks the living connections of a person whom Meta names, of whichever users. With a time only those that were granted
/// by then: Meta's clock has whole seconds.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_of_person(
    transaction: &Transaction<'_>,
    kind: LoginKind,
    person_id: &str,
    granted_by: Option<OffsetDateTime>,
) -> Result<Vec<(AccountId, UserId)>, StoreError> {
    const SQL: &str = "
        SELECT id, user_id FROM oauth_accounts
         WHERE provider = 'instagram' AND login_kind = $1 AND person_id = $2 AND status <> 'revoked'
           AND ($3::timestamptz IS NULL OR granted_at < $3 + INTERVAL '1 second')
         ORDER BY id
           FOR UPDATE";
    let parameters: Parameters<'_> =
        &[(&kind.as_str(), Type::TEXT), (&person_id, Type::TEXT), (&granted_by, Type::TIMESTAMPTZ)];
    let rows = transaction.query_typed(SQL, parameters).await?;
    rows.iter().map(|row| Ok((AccountId(row.try_get("id")?), UserId(row.try_get("user_id")?)))).collect()
}

/// Forgets what a new login makes void, whoever waits for it: its grant, which a late revocation would end, and the
/// subscriptions of the Pages that it reaches.
///
/// # Errors
/// See [`StoreError`].
pub async fn cancel(transaction: &Transaction<'_>, login: &Login) -> Result<(), StoreError> {
    const SQL: &str = "
        DELETE FROM pending_revocations
         WHERE provider = $1 AND login_kind IS NOT DISTINCT FROM $2
           AND (open_id = $3 AND page_id IS NULL OR page_id = ANY ($4))";
    let pages = login.instagram_accounts.iter().filter_map(|account| Some(account.page.as_ref()?.id.as_str()));
    let parameters: Parameters<'_> = &[
        (&login.platform.as_str(), Type::TEXT),
        (&login.kind.map(LoginKind::as_str), Type::TEXT),
        (&login.open_id, Type::TEXT),
        (&pages.collect::<Vec<_>>(), Type::TEXT_ARRAY),
    ];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}
