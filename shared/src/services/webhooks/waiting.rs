//! Events that came before the row that they are about.

use deadpool_postgres::Transaction;

use super::{apply, events};
use crate::{
    domain::StoredEvent,
    store::{
        Connection, Database, StoreError,
        stored_events::{self, Awaited},
    },
    telemetry::causes,
};

/// The most events that one transaction of the sweep takes.
const BATCH: i64 = 200;

/// Applies what waits for a row, in the transaction that creates it; returns how many events that were. An event whose
/// own transaction isn't committed yet is left to [`sweep`].
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_for(transaction: &Transaction<'_>, row: Awaited<'_>) -> Result<usize, StoreError> {
    let waiting = stored_events::take_waiting_for(transaction, row).await?;
    apply_stored(transaction, &waiting).await
}

/// Applies everything that waits for a row which exists by now, and returns how many events that were. One that is refused
/// doesn't hold up the others: it stops waiting, with its error, and is left to the operator.
///
/// # Errors
/// See [`StoreError`]; what was applied before stays so.
pub async fn sweep(database: &Database) -> Result<usize, StoreError> {
    let mut connection = database.connection().await?;
    let mut applied = 0;
    loop {
        let swept = match together(&mut connection).await {
            Err(StoreError::Refused(error)) => {
                tracing::warn!(cause = ?error, "a batch of waiting events was refused, they are tried one by one");
                one_by_one(&mut connection).await?
            }
            result => result?,
        };
        applied += swept.applied;
        // What is taken but finds nothing would come again and again: then its row has just gone.
        if swept.applied + swept.given_up == 0 || (swept.taken as i64) < BATCH {
            return Ok(applied);
        }
    }
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default)]
struct Swept {
    taken: usize,
    applied: usize,
    given_up: usize,
}

async fn together(connection: &mut Connection) -> Result<Swept, StoreError> {
    let transaction = connection.transaction().await?;
    let ready = stored_events::take_ready(&transaction, BATCH).await?;
    let applied = apply_stored(&transaction, &ready).await?;
    transaction.commit().await?;
    Ok(Swept { taken: ready.len(), applied, given_up: 0 })
}

async fn one_by_one(connection: &mut Connection) -> Result<Swept, StoreError> {
    let mut transaction = connection.transaction().await?;
    let ready = stored_events::take_ready(&transaction, BATCH).await?;
    let mut swept = Swept { taken: ready.len(), ..Swept::default() };
    for event in &ready {
        let savepoint = transaction.transaction().await?;
        match apply_stored(&savepoint, std::slice::from_ref(event)).await {
            Ok(now) => {
                savepoint.commit().await?;
                swept.applied += now;
            }
            Err(error) if error.is_rule_violation() => {
                savepoint.rollback().await?;
                tracing::error!(event = event.id, cause = ?error, "a waiting event is refused");
                stored_events::give_up(&transaction, event.id, &causes(&error)).await?;
                swept.given_up += 1;
            }
            // A deadlock, or a schema that isn't up to date: not the event's fault, so it waits on.
            Err(StoreError::Refused(error)) => {
                savepoint.rollback().await?;
                tracing::warn!(event = event.id, cause = ?error, "an event waits on");
            }
            Err(error) => return Err(error),
        }
    }
    transaction.commit().await?;
    Ok(swept)
}

async fn apply_stored(transaction: &Transaction<'_>, stored: &[StoredEvent]) -> Result<usize, StoreError> {
    let events: Vec<_> = stored.iter().map(events::of_stored).collect();
    apply::stored(transaction, &events.iter().collect::<Vec<_>>()).await
}
