//! Stored events, looked at again: after a mistake of ours was put right, or to find out what would happen.

use std::ops::AddAssign;

use deadpool_postgres::Transaction;
use platforms::instagram::webhook::frame;

use super::{apply, events, savepoint::attempt};
use crate::{
    domain::StoredEvent,
    store::{
        Connection, Database, StoreError, retried,
        stored_events::{self, Selection},
        webhook_events,
    },
    telemetry::causes,
};

/// The most events that one transaction takes.
const BATCH: i64 = 200;

/// What came of looking again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Events that were looked at.
    pub events: usize,
    /// Events that found what they are about.
    pub applied: usize,
    /// Events that are understood only now, and wait for what they are about.
    pub waiting: usize,
    /// What had been put aside, refused or not understood, and is events of their own by now.
    pub recovered: usize,
    /// Events that break a rule of the tables. Their `error_message` says which.
    pub refused: usize,
    /// Events that were refused for no fault of theirs and are left as they were.
    pub left: usize,
    /// Why the first of those was.
    pub cause: Option<String>,
}

impl AddAssign for Outcome {
    fn add_assign(&mut self, more: Self) {
        self.events += more.events;
        self.applied += more.applied;
        self.waiting += more.waiting;
        self.recovered += more.recovered;
        self.refused += more.refused;
        self.left += more.left;
        self.cause = self.cause.take().or(more.cause);
    }
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
/// repeat, and a status never moves backwards. An event that is refused keeps or gets its error and holds up nobody, so
/// this can be stopped and started again at any time. A `rehearsal` does all of it and takes it back.
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
    // What is read anew becomes rows, which would be met as well.
    let last = stored_events::last_id(&connection).await?;
    let selection = Selection { to: Some(selection.to.unwrap_or(last).min(last)), ..selection.clone() };
    let (mut outcome, mut after) = (Outcome::default(), Some(0));
    while let Some(from) = after {
        let (done, last) = retried(async || batch(&mut connection, &selection, from, rehearsal).await).await?;
        outcome += done;
        after = last;
        progress(outcome.events);
    }
    Ok(outcome)
}

/// One transaction's events: what came of them, and the last one's id.
async fn batch(
    connection: &mut Connection,
    selection: &Selection,
    after: i64,
    rehearsal: bool,
) -> Result<(Outcome, Option<i64>), StoreError> {
    let mut transaction = connection.transaction().await?;
    let batch = stored_events::take(&transaction, selection, after, BATCH).await?;
    let mut outcome = Outcome::default();
    for event in &batch {
        outcome += once_more(&mut transaction, event).await?;
    }
    if rehearsal {
        transaction.rollback().await?;
    } else {
        transaction.commit().await?;
    }
    Ok((outcome, batch.last().map(|event| event.id)))
}

/// One event in a savepoint of its own; what goes well clears its error. One that is refused is passed over, and told
/// to be at fault only where its data breaks a rule.
async fn once_more(transaction: &mut Transaction<'_>, event: &StoredEvent) -> Result<Outcome, StoreError> {
    let refused = match attempt(transaction, async |savepoint: &Transaction<'_>| again(savepoint, event).await).await? {
        Ok(outcome) => return Ok(outcome),
        Err(error) if error.is_conflict() => return Err(error),
        Err(error) => error,
    };
    let (events, cause) = (1, causes(&refused));
    if !refused.is_rule_violation() {
        return Ok(Outcome { events, left: 1, cause: Some(cause), ..Outcome::default() });
    }
    stored_events::give_up(transaction, event.id, &cause).await?;
    Ok(Outcome { events, refused: 1, ..Outcome::default() })
}

async fn again(transaction: &Transaction<'_>, event: &StoredEvent) -> Result<Outcome, StoreError> {
    let outcome = look_at(transaction, event).await?;
    if outcome.applied + outcome.recovered > 0 {
        stored_events::clear_error(transaction, event.id).await?;
    }
    Ok(outcome)
}

async fn look_at(transaction: &Transaction<'_>, stored: &StoredEvent) -> Result<Outcome, StoreError> {
    let looked_at = Outcome { events: 1, ..Outcome::default() };
    if stored.is_poison || frame::is_unread(&stored.event_type) {
        let recovered = usize::from(read_at_last(transaction, stored).await?);
        return Ok(Outcome { recovered, ..looked_at });
    }
    let event = events::of_stored(stored);
    let applied = apply::stored(transaction, &[&event]).await?;
    let waits = applied == 0 && stored.has_error && stored.is_applied && event.change.waits_for().is_some();
    if waits {
        webhook_events::mark_waiting(transaction, &[&event]).await?;
    }
    Ok(Outcome { applied, waiting: usize::from(waits), ..looked_at })
}

/// Reads what was put aside anew: what can be read by now becomes events of its own. What is as unreadable as before
/// stays as it is, and so does what was read anew already.
async fn read_at_last(transaction: &Transaction<'_>, stored: &StoredEvent) -> Result<bool, StoreError> {
    let delivery = events::delivery_of_stored(stored);
    let events = events::distinct(events::of(&delivery).into_iter());
    let is_as_before = !stored.is_poison && matches!(&events[..], [event] if event.event_type == stored.event_type);
    Ok(!is_as_before && (apply::new_in(transaction, &events).await? > 0 || stored.has_error))
}
