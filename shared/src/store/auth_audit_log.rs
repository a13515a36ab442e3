//! Who did what with a login. Rows are added and never changed, except that a data deletion takes addresses out of them.

use tokio_postgres::{GenericClient, types::Type};

use super::{
    Parameters, StoreError,
    array::{clipped, optional},
};
use crate::domain::{AuthEvent, catalogue::ErrorCode};

/// Adds one event.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(client: &impl GenericClient, event: &AuthEvent<'_>) -> Result<(), StoreError> {
    const SQL: &str = "
        INSERT INTO auth_audit_log (user_id, event, provider, oauth_account_id, outcome, code, ip, user_agent,
                                    correlation_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let visitor = event.visitor;
    let parameters: Parameters<'_> = &[
        (&event.user.map(|user| user.0), Type::INT8),
        (&event.event.as_str(), Type::TEXT),
        (&event.platform.as_str(), Type::TEXT),
        (&event.account.map(|account| account.0), Type::INT4),
        (&event.outcome(), Type::TEXT),
        (&event.failure.map(ErrorCode::as_str), Type::TEXT),
        (&visitor.ip, Type::INET),
        (&optional(visitor.user_agent.as_deref()).map(|agent| clipped(&agent, 512)), Type::TEXT),
        (&visitor.correlation_id.as_ref().map(|id| id.as_str()), Type::TEXT),
    ];
    client.execute_typed(SQL, parameters).await?;
    Ok(())
}
