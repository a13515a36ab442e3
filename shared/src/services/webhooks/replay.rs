//! Stored events, looked at again: after a mistake of ours was put right, or to find out what would happen.

use deadpool_postgres::Transaction;
use platforms::instagram;

use super::{apply, events};
use crate::{
    domain::{Platform, StoredEvent},
    queue::webhooks::Delivery,
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
/// repeat, and a status never moves backwards. Can be stopped and started again at any time. A `rehearsal` does all of it
/// and takes it back.
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
        let (whole, unread): (Vec<_>, Vec<_>) = batch.iter().partition(|event| !is_unread(event));
        let again: Vec<_> = whole.into_iter().map(events::of_stored).collect();
        outcome.applied += apply::effects(&transaction, &again.iter().collect::<Vec<_>>()).await?;
        for event in unread {
            outcome.understood += usize::from(read_at_last(&mut transaction, event).await?);
        }
        outcome.events += batch.len();
        if rehearsal {
            transaction.rollback().await?
        } else {
            transaction.commit().await?
        }
        progress(outcome.events);
    }
}

/// What was stored because it could not be read or applied.
fn is_unread(event: &StoredEvent) -> bool {
    event.event_type == "poison" || event.event_type == "malformed" && event.subject_id.is_none()
}

/// Reads such a delivery anew: what can be read by now becomes events of its own. What still breaks a rule of the tables
/// stays as it is.
async fn read_at_last(transaction: &mut Transaction<'_>, stored: &StoredEvent) -> Result<bool, StoreError> {
    let body = match (stored.platform, &stored.subject_id) {
        (Platform::Instagram, Some(account)) => instagram::webhook::delivery_of(account, &stored.payload),
        (Platform::Instagram, None) | (Platform::TikTok, _) => stored.payload.clone(),
    };
    let delivery = Delivery {
        platform: stored.platform,
        received_at: stored.received_at,
        correlation_id: stored.correlation_id.clone(),
        body,
    };
    let events = events::distinct(events::of(&delivery).into_iter());
    if events.iter().any(|event| event.error.is_some()) {
        return Ok(false);
    }
    let savepoint = transaction.transaction().await?;
    match apply::new_in(&savepoint, &events).await {
        Ok(_) => savepoint.commit().await?,
        Err(error) if error.is_rule_violation() => {
            savepoint.rollback().await?;
            return Ok(false);
        }
        Err(error) => return Err(error),
    }
    stored_events::clear_errors(transaction, &[stored.id]).await?;
    Ok(true)
}
