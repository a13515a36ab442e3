//! Revocations whose time is over.

use tokio_postgres::Row;

use super::{Connection, StoreError, word};
use crate::domain::{AccountId, Platform};

/// One whose time was over before the platform was told.
#[derive(Debug)]
pub struct Expired {
    /// The account.
    pub account: Option<AccountId>,
    /// The platform.
    pub platform: Platform,
    /// The word for what should have ended.
    pub kind: String,
    /// Why the last attempt failed.
    pub error_code: Option<String>,
    /// Ties it to the request that disconnected the account.
    pub correlation_id: Option<String>,
}

/// Deletes those whose 72 hours are over, each with a line in the audit log, and returns them. A grant that was given anew
/// meanwhile was not to be ended any more, so it goes in silence.
///
/// # Errors
/// See [`StoreError`].
pub async fn end(connection: &Connection) -> Result<Vec<Expired>, StoreError> {
    const SQL: &str = "
        WITH expired AS (
             DELETE FROM pending_revocations p WHERE expires_at <= now()
             RETURNING user_id, provider, oauth_account_id, kind, error_code, correlation_id,
                       kind = 'grant' AND EXISTS (
                           SELECT FROM oauth_accounts a
                            WHERE a.provider = p.provider AND a.open_id = p.open_id AND a.status <> 'revoked'
                              AND a.login_kind IS NOT DISTINCT FROM p.login_kind) AS was_given_anew),
        noted AS (
             INSERT INTO auth_audit_log (user_id, event, provider, oauth_account_id, outcome, code, correlation_id)
             SELECT user_id, 'revocation_expired', provider, oauth_account_id, 'failure', error_code, correlation_id
               FROM expired WHERE NOT was_given_anew)
        SELECT provider, oauth_account_id, kind, error_code, correlation_id FROM expired
         WHERE NOT was_given_anew";
    let rows = connection.query_typed(SQL, &[]).await?;
    rows.iter().map(expired).collect()
}

fn expired(row: &Row) -> Result<Expired, StoreError> {
    Ok(Expired {
        account: row.try_get::<_, Option<i32>>("oauth_account_id")?.map(AccountId),
        platform: word(row, "provider")?,
        kind: row.try_get("kind")?,
        error_code: row.try_get("error_code")?,
        correlation_id: row.try_get("correlation_id")?,
    })
}
