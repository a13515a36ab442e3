//! Stored events, looked at again: after a mistake of ours was put right, or to find out what would happen.

use deadpool_postgres::Transaction;

use super::{apply, events};
use crate::{
    domain::StoredEvent,
    store::{
        Database, StoreError,
        stored_events::{self, Selection},
    },
};

/// The most events that one transaction takes.
const BATCH: i64 = 200;

/// What came of looking again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Events that were looked at.
    pub events: usize,
    /// Events that found what they are about.
    pub applied: usize,
    /// Deliveries that could not be read when they came, and now can.
    pub understood: usize,
}

/// How many events are selected.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(database: &Database, selection: &Selection) -> Result<i64, StoreError> {
    let mut connection = database.connection().await?;
    stored_events::count(&connection.transaction().await?, selection).await
}

/// Applies the selected events again, batch by batch, and tells `progress` how many are done. Every effect is safe to
/// repeat, and a status never moves backwards. An event that is refused keeps its error and holds up nobody, so this can
/// be stopped and started again at any time. A `rehearsal` does all of it and takes it back.
///
/// # Errors
/// See [`StoreError`]; the batches before stay done.
pub async fn reprocess(
    database: &Database,
    selection: &Selection,
    rehearsal: bool,
    progress: impl Fn(usize),
) -> Result<Outcome, StoreError> {
    let mut connection = database.connection().await?;
    let (mut outcome, mut after) = (Outcome::default(), 0);
    loop {
        let mut transaction = connection.transaction().await?;
        let batch = stored_events::take(&transaction, selection, after, BATCH).await?;
        let Some(last) = batch.last() else { return Ok(outcome) };
        after = last.id;
        for event in &batch {
            once_more(&mut transaction, event, &mut outcome).await?;
        }
        if rehearsal {
            transaction.rollback().await?;
        } else {
            transaction.commit().await?;
        }
        progress(outcome.events);
    }
}

/// One event in a savepoint of its own; what goes well clears its error.
async fn once_more(
    transaction: &mut Transaction<'_>,
    event: &StoredEvent,
    outcome: &mut Outcome,
) -> Result<(), StoreError> {
    outcome.events += 1;
    let savepoint = transaction.transaction().await?;
    let result =
        if is_unread(event) { read_at_last(&savepoint, event).await } else { apply_again(&savepoint, event).await };
    match result {
        Ok(Again { applied, understood }) => {
            if applied || understood {
                stored_events::clear_error(&savepoint, event.id).await?;
            }
            savepoint.commit().await?;
            outcome.applied += usize::from(applied);
            outcome.understood += usize::from(understood);
            Ok(())
        }
        Err(StoreError::Refused(error)) => {
            tracing::warn!(event = event.id, cause = ?error, "an event is still refused");
            Ok(savepoint.rollback().await?)
        }
        Err(error) => Err(error),
    }
}

/// What became of one event.
#[derive(Debug, Clone, Copy, Default)]
struct Again {
    applied: bool,
    understood: bool,
}

async fn apply_again(transaction: &Transaction<'_>, stored: &StoredEvent) -> Result<Again, StoreError> {
    let event = events::of_stored(stored);
    let applied = apply::stored(transaction, &[&event]).await? > 0;
    Ok(Again { applied, understood: false })
}

/// What was stored because it could not be read or applied.
fn is_unread(event: &StoredEvent) -> bool {
    event.event_type == "poison" || event.event_type == "malformed" && event.subject_id.is_none()
}

/// Reads such a delivery anew: what can be read by now becomes events of its own.
async fn read_at_last(transaction: &Transaction<'_>, stored: &StoredEvent) -> Result<Again, StoreError> {
    let delivery = events::delivery_of_stored(stored);
    let events = events::distinct(events::of(&delivery).into_iter());
    if events.iter().any(|event| event.error.is_some()) {
        return Ok(Again::default());
    }
    apply::new_in(transaction, &events).await?;
    Ok(Again { applied: false, understood: true })
}
