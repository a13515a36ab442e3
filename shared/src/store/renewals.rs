//! What came of renewing an account's tokens.
//!
//! A late holder's word about the account's health isn't heard: the lease's number tells. A new token is heard from anybody,
//! as long as nobody wrote another one meanwhile: the version of the tokens tells.

use platforms::secret::{AccessToken, RefreshToken};
use time::OffsetDateTime;
use tokio_postgres::types::Type;

use super::{
    Connection, Parameters, StoreError,
    array::clipped,
    token_leases::{Leased, write},
};
use crate::{crypto::Sealed, domain::AccountId};

/// The platforms' new tokens, sealed for their row.
#[derive(Debug)]
pub struct Renewed {
    /// Acts for the login.
    pub access: Sealed<AccessToken>,
    /// Renews it, on TikTok.
    pub refresh: Option<Sealed<RefreshToken>>,
    /// When they came.
    pub issued_at: OffsetDateTime,
    /// When the access token ends, where that is told.
    pub expires_at: Option<OffsetDateTime>,
    /// When the refresh token ends, where that is told.
    pub refresh_expires_at: Option<OffsetDateTime>,
    /// What is granted, separated by commas; `None` where it isn't told.
    pub scope: Option<String>,
}

/// Writes the new tokens, both in one statement; `false` when others were written meanwhile, or the account was
/// disconnected. Even who has lost the lease may write: the platform gave these tokens in exchange for those that lie
/// there, so an account that was given up meanwhile lives.
///
/// # Errors
/// See [`StoreError`].
pub async fn renewed(connection: &Connection, leased: &Leased, new: &Renewed) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE oauth_accounts
           SET access_token_encrypted = $4, refresh_token_encrypted = $5, token_version = token_version + 1,
               token_issued_at = $6, expires_at = $7, refresh_expires_at = coalesce($8, refresh_expires_at),
               scope = coalesce($9, scope), status = 'active', status_reason = NULL,
               status_changed_at = CASE WHEN status = 'active' THEN status_changed_at ELSE now() END,
               lease_until = CASE WHEN lease_token = $3 THEN NULL ELSE lease_until END,
               unanswered_refreshes = 0, failure_count = 0, next_refresh_at = NULL, updated_at = now()
         WHERE id = $1 AND token_version = $2 AND status <> 'revoked'";
    let new: Parameters<'_> = &[
        (&new.access.as_str(), Type::TEXT),
        (&new.refresh.as_ref().map(Sealed::as_str), Type::TEXT),
        (&new.issued_at, Type::TIMESTAMPTZ),
        (&new.expires_at, Type::TIMESTAMPTZ),
        (&new.refresh_expires_at, Type::TIMESTAMPTZ),
        (&new.scope, Type::TEXT),
    ];
    write(connection, SQL, leased, new).await
}

/// Notes that the tokens are good as they are, what Meta says of their ends, and when to look again.
///
/// # Errors
/// See [`StoreError`].
pub async fn found_good(
    connection: &Connection,
    leased: &Leased,
    (expires_at, data_access_expires_at): (Option<OffsetDateTime>, Option<OffsetDateTime>),
    next: OffsetDateTime,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE oauth_accounts
           SET expires_at = $4, data_access_expires_at = $5, next_refresh_at = $6, lease_until = NULL,
               unanswered_refreshes = 0, failure_count = 0, updated_at = now()
         WHERE id = $1 AND token_version = $2 AND lease_token = $3";
    let found: Parameters<'_> =
        &[(&expires_at, Type::TIMESTAMPTZ), (&data_access_expires_at, Type::TIMESTAMPTZ), (&next, Type::TIMESTAMPTZ)];
    write(connection, SQL, leased, found).await
}

/// Gives the lease back until `next`. Failures that no `refusal` explains count to twenty at most: only refusals may lead
/// further.
///
/// # Errors
/// See [`StoreError`].
pub async fn postponed(
    connection: &Connection,
    leased: &Leased,
    refusal: bool,
    next: OffsetDateTime,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE oauth_accounts
           SET failure_count = CASE WHEN $5 THEN failure_count + 1 ELSE least(failure_count + 1, 20) END,
               next_refresh_at = $4, lease_until = NULL, updated_at = now()
         WHERE id = $1 AND token_version = $2 AND lease_token = $3";
    write(connection, SQL, leased, &[(&next, Type::TIMESTAMPTZ), (&refusal, Type::BOOL)]).await
}

/// The same of tokens that were just renewed and are refused all the same, by whoever has used them: `false` when others lie
/// there by now, or the account isn't active any more.
///
/// # Errors
/// See [`StoreError`].
pub async fn refused(
    connection: &Connection,
    account: AccountId,
    version: i64,
    reason: &str,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        WITH died AS (
             UPDATE oauth_accounts
                SET status = 'needs_reauth', status_reason = $3, status_changed_at = now(), next_refresh_at = NULL,
                    updated_at = now()
              WHERE id = $1 AND token_version = $2 AND status = 'active'
             RETURNING id, user_id, provider)
        INSERT INTO auth_audit_log (user_id, event, provider, oauth_account_id, outcome, code)
        SELECT user_id, 'connection_ended', provider, id, 'success', $3 FROM died";
    let parameters: Parameters<'_> =
        &[(&account.0, Type::INT4), (&version, Type::INT8), (&clipped(reason, 100), Type::TEXT)];
    Ok(connection.execute_typed(SQL, parameters).await? == 1)
}

/// Notes that the person must connect the account again, in the audit log as well; `false` when somebody was quicker, or the
/// lease is no longer ours: then it isn't for us to say. A refresh that was never answered stays noted: the grant may live on
/// with a pair that nobody has, and disconnecting must not call that ended.
///
/// # Errors
/// See [`StoreError`].
pub async fn died(connection: &Connection, leased: &Leased, reason: &str) -> Result<bool, StoreError> {
    const SQL: &str = "
        WITH died AS (
             UPDATE oauth_accounts
                SET status = 'needs_reauth', status_reason = $4, status_changed_at = now(), lease_until = NULL,
                    next_refresh_at = NULL, updated_at = now()
              WHERE id = $1 AND token_version = $2 AND lease_token = $3 AND status = 'active'
             RETURNING id, user_id, provider)
        INSERT INTO auth_audit_log (user_id, event, provider, oauth_account_id, outcome, code)
        SELECT user_id, 'connection_ended', provider, id, 'success', $4 FROM died";
    write(connection, SQL, leased, &[(&clipped(reason, 100), Type::TEXT)]).await
}
