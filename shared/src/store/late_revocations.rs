//! What came for an account that was disconnected meanwhile, and has to be ended all the same.

use tokio_postgres::types::Type;

use super::{Connection, Parameters, StoreError, pending_revocations::SealedPair, subscriptions::Unsubscribed};
use crate::domain::AccountId;

/// Keeps a pair that came for an account which was disconnected meanwhile; `false` where it wasn't, or where somebody has
/// granted anew, even if another user of ours: that grant would end with this pair.
///
/// # Errors
/// See [`StoreError`].
pub async fn add_pair(connection: &Connection, account: AccountId, pair: &SealedPair) -> Result<bool, StoreError> {
    const SQL: &str = "
        INSERT INTO pending_revocations (user_id, oauth_account_id, provider, login_kind, open_id,
                                         access_token_encrypted, access_expires_at, refresh_token_encrypted)
        SELECT user_id, id, provider, login_kind, open_id, $2, $3, $4 FROM oauth_accounts a
         WHERE id = $1 AND status = 'revoked'
           AND NOT EXISTS (SELECT FROM oauth_accounts other
                            WHERE other.provider = a.provider AND other.open_id = a.open_id
                              AND other.status <> 'revoked')
           FOR UPDATE OF a";
    let parameters: Parameters<'_> = &[
        (&account.0, Type::INT4),
        (&pair.access.as_str(), Type::TEXT),
        (&pair.access_expires_at, Type::TIMESTAMPTZ),
        (&pair.refresh.as_str(), Type::TEXT),
    ];
    Ok(connection.execute_typed(SQL, parameters).await? == 1)
}

/// Keeps the token that an Instagram account was just subscribed with, to end that again; `false` where a living connection
/// has the same subscription, or where the account was deleted with all else of its person.
///
/// # Errors
/// See [`StoreError`].
pub async fn add_subscription(connection: &Connection, account: &Unsubscribed) -> Result<bool, StoreError> {
    // Who connects it again at this moment changes the locked row: then its status or its Page tells, or this row is found
    // and forgotten by them.
    const SQL: &str = "
        INSERT INTO pending_revocations (user_id, oauth_account_id, provider, login_kind, open_id, kind, page_id,
                                         access_token_encrypted)
        SELECT i.user_id, i.oauth_account_id, 'instagram', i.login_kind, $2, 'subscription', $3, $4
          FROM instagram_accounts i
         WHERE i.id = $1 AND (i.status = 'revoked' OR i.page_id IS DISTINCT FROM $3)
           AND NOT EXISTS (SELECT FROM instagram_accounts other
                            WHERE other.status <> 'revoked' AND other.login_kind = i.login_kind
                              AND CASE WHEN $3 IS NULL THEN other.ig_business_id = $5 ELSE other.page_id = $3 END)
           FOR UPDATE OF i";
    let parameters: Parameters<'_> = &[
        (&account.id, Type::INT4),
        (&account.open_id, Type::TEXT),
        (&account.page_id, Type::TEXT),
        (&account.token(), Type::TEXT),
        (&account.ig_business_id, Type::TEXT),
    ];
    Ok(connection.execute_typed(SQL, parameters).await? == 1)
}
