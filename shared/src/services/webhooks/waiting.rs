//! Events that came before the row that they are about.

use deadpool_postgres::Transaction;

use super::{apply, events};
use crate::{
    domain::StoredEvent,
    store::{self, Database, StoreError, webhook_events::Row},
};

/// The most events that one transaction of the sweep takes.
const BATCH: i64 = 200;

/// Applies what waits for a row, in the transaction that creates it; returns how many events that were. An event whose
/// own transaction isn't committed yet is left to [`sweep`].
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_for(transaction: &Transaction<'_>, row: Row<'_>) -> Result<usize, StoreError> {
    let waiting = store::webhook_events::take_waiting_for(transaction, row).await?;
    apply_stored(transaction, &waiting).await
}

/// Applies everything that waits for a row which exists by now, and returns how many events that were.
///
/// # Errors
/// See [`StoreError`]; what was applied before stays so.
pub async fn sweep(database: &Database) -> Result<usize, StoreError> {
    let mut connection = database.connection().await?;
    let mut applied = 0;
    loop {
        let transaction = connection.transaction().await?;
        let ready = store::webhook_events::take_ready(&transaction, BATCH).await?;
        let now = apply_stored(&transaction, &ready).await?;
        transaction.commit().await?;
        applied += now;
        // An event that is ready but finds nothing would come again and again: then its row has just gone.
        if now == 0 || (ready.len() as i64) < BATCH {
            return Ok(applied);
        }
    }
}

async fn apply_stored(transaction: &Transaction<'_>, stored: &[StoredEvent]) -> Result<usize, StoreError> {
    let events: Vec<_> = stored.iter().map(events::of_stored).collect();
    apply::effects(transaction, &events.iter().collect::<Vec<_>>()).await
}
