//! A step of a transaction that may be refused without costing the rest of it.

use deadpool_postgres::Transaction;

use crate::store::StoreError;

/// Runs a step in a savepoint of its own. What the database refuses is taken back and returned inside, and the
/// transaction goes on; whatever else goes wrong ends it.
pub(super) async fn attempt<T>(
    transaction: &mut Transaction<'_>,
    step: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<Result<T, StoreError>, StoreError> {
    let savepoint = transaction.transaction().await?;
    match step(&savepoint).await {
        Ok(done) => {
            savepoint.commit().await?;
            Ok(Ok(done))
        }
        Err(error @ StoreError::Refused(_)) => {
            savepoint.rollback().await?;
            Ok(Err(error))
        }
        Err(error) => Err(error),
    }
}
