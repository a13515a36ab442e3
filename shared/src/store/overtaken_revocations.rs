//! Revocations that were under way while somebody connected the account again: what they have ended is the new connection's.
//!
//! Nobody's any more: these statements cross owners.

use tokio_postgres::types::Type;

use super::{
    Connection, Parameters, StoreError,
    pending_revocations::{PendingRevocation, RevocationKind},
};
use crate::domain::LoginKind;

/// Has the living account subscribed once more, or looked at by the refresher.
///
/// # Errors
/// See [`StoreError`].
pub(super) async fn look_again(connection: &Connection, revocation: &PendingRevocation) -> Result<(), StoreError> {
    const SUBSCRIPTION: &str = "
        UPDATE instagram_accounts i
           SET subscribed_at = NULL
          FROM oauth_accounts a
         WHERE a.id = i.oauth_account_id AND a.provider = $1 AND i.login_kind = $2 AND i.status <> 'revoked'
           AND CASE WHEN $4 IS NULL THEN a.open_id = $3 ELSE i.page_id = $4 END";
    const GRANT: &str = "
        UPDATE oauth_accounts
           SET next_refresh_at = now()
         WHERE provider = $1 AND login_kind IS NOT DISTINCT FROM $2 AND open_id = $3 AND status = 'active'";
    let parameters: Parameters<'_> = &[
        (&revocation.platform.as_str(), Type::TEXT),
        (&revocation.login_kind.map(LoginKind::as_str), Type::TEXT),
        (&revocation.open_id, Type::TEXT),
        (&revocation.page_id, Type::TEXT),
    ];
    let sql = match revocation.kind {
        RevocationKind::Subscription => SUBSCRIPTION,
        RevocationKind::Grant => GRANT,
    };
    connection.execute_typed(sql, parameters).await?;
    Ok(())
}
