//! An account's tokens as they are now, for its owner's calls.

use platforms::secret::AccessToken;
use time::OffsetDateTime;
use tokio_postgres::types::Type;

use super::{Connection, Parameters, StoreError, word};
use crate::{
    crypto::Sealed,
    domain::{AccountId, AccountStatus, Platform, UserId},
};

/// What acts for an account.
#[derive(Debug)]
pub struct Current {
    /// Where.
    pub platform: Platform,
    /// The platform's id of the login.
    pub open_id: String,
    /// Whether it's active.
    pub status: AccountStatus,
    /// Why it isn't.
    pub reason: Option<String>,
    /// Acts for the login.
    pub access: Option<Sealed<AccessToken>>,
    /// Which tokens these are.
    pub version: i64,
    /// When they came.
    pub issued_at: Option<OffsetDateTime>,
    /// When the access token ends.
    pub expires_at: Option<OffsetDateTime>,
    /// After a failure: not to be renewed before.
    pub waits_until: Option<OffsetDateTime>,
}

/// The owner's account with this id. Noted as used, which keeps its tokens fresh.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(connection: &Connection, owner: UserId, account: AccountId) -> Result<Option<Current>, StoreError> {
    const SQL: &str = "
        WITH used AS (
             UPDATE oauth_accounts SET last_used_at = now()
              WHERE id = $1 AND user_id = $2 AND status = 'active'
                AND (last_used_at IS NULL OR last_used_at < now() - interval '1 hour'))
        SELECT provider, open_id, status, status_reason, access_token_encrypted, token_version, token_issued_at,
               expires_at, CASE WHEN failure_count > 0 THEN next_refresh_at END AS waits_until
          FROM oauth_accounts
         WHERE id = $1 AND user_id = $2";
    let parameters: Parameters<'_> = &[(&account.0, Type::INT4), (&owner.0, Type::INT8)];
    let Some(row) = connection.query_typed_opt(SQL, parameters).await? else { return Ok(None) };
    let sealed: Option<String> = row.try_get("access_token_encrypted")?;
    Ok(Some(Current {
        platform: word(&row, "provider")?,
        open_id: row.try_get("open_id")?,
        status: word(&row, "status")?,
        reason: row.try_get("status_reason")?,
        access: sealed.map(Sealed::from_column),
        version: row.try_get("token_version")?,
        issued_at: row.try_get("token_issued_at")?,
        expires_at: row.try_get("expires_at")?,
        waits_until: row.try_get("waits_until")?,
    }))
}
