//! Connections that were granted before the request, and written after it: their logins were on the way.

use time::Duration;

use crate::{
    domain::catalogue::ErrorCode,
    store::{Database, StoreError, data_deletion_requests::OpenRequest, disconnections, retried},
};

/// Shreds them, as the request did with those that it found.
pub(super) async fn end(database: &Database, request: &OpenRequest) -> Result<(), StoreError> {
    retried(async || {
        let mut connection = database.connection().await?;
        let transaction = connection.transaction().await?;
        // Without the second that Meta's clock is given: what came after the request isn't meant.
        let before = request.asked_at - Duration::SECOND;
        let late =
            disconnections::lock_of_person(&transaction, request.login, &request.person_id, Some(before)).await?;
        if late.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = late.into_iter().map(|(account, _)| account).collect();
        disconnections::shred(&transaction, &ids, ErrorCode::AuthRemoved.as_str()).await?;
        Ok(transaction.commit().await?)
    })
    .await
}
