//! Events that came before the row that they are about.

use std::slice;

use deadpool_postgres::Transaction;
use time::{Duration, OffsetDateTime};
use tokio::time::Instant;

use super::{apply, events, savepoint::attempt};
use crate::{
    domain::{CorrelationId, StoredEvent},
    store::{
        Connection, Database, StoreError, retried,
        stored_events::{self, Awaited},
    },
    telemetry::causes,
};

/// The most events that one transaction takes: the largest that fit into the queue would fit into memory so many times.
const BATCH: i64 = 50;

/// How long an event waits.
const PATIENCE: Duration = Duration::days(30);

/// Applies what waits for a row, in the transaction that creates it; returns how many events that were. What is more
/// than one transaction takes is left to [`sweep`], and so are events whose own transaction isn't committed yet, and
/// all of them where one is refused: it must not cost the row.
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_for(transaction: &mut Transaction<'_>, row: Awaited<'_>) -> Result<usize, StoreError> {
    let step = async |savepoint: &Transaction<'_>| {
        let waiting = stored_events::take_waiting_for(savepoint, row, BATCH).await?;
        apply_stored(savepoint, &waiting).await
    };
    // A deadlock as well costs the savepoint alone, and gives back the locks that were taken in it.
    let applied = attempt(transaction, step).await?;
    Ok(applied.unwrap_or_else(|error| {
        let cause = causes(&error);
        tracing::warn!(?row, cause, "what waits for a new row is refused, it is left to the sweep");
        0
    }))
}

/// Ends the wait of what has waited for more than 30 days, and returns how many events that were.
///
/// # Errors
/// See [`StoreError`].
pub async fn give_up_old(database: &Database) -> Result<u64, StoreError> {
    let ended = stored_events::end_waits(&database.connection().await?, OffsetDateTime::now_utc() - PATIENCE).await?;
    if ended > 0 {
        tracing::warn!(ended, "events have waited too long for what they are about");
    }
    Ok(ended)
}

/// Applies everything that waits for a row which exists by now, and returns how many events that were. One that is
/// refused doesn't hold up the others. Where it breaks a rule of the tables, it stops waiting, with its error, and is
/// left to the operator; anything else isn't its fault, and the next round tries it again. What isn't begun `until` then
/// is left to the next round as well.
///
/// # Errors
/// See [`StoreError`]; what was applied before stays so.
pub async fn sweep(database: &Database, until: Instant) -> Result<usize, StoreError> {
    let mut connection = database.connection().await?;
    let (mut applied, mut after) = (0, 0);
    loop {
        let swept = match retried(async || together(&mut connection, after).await).await {
            Err(error @ StoreError::Refused(_)) => {
                tracing::warn!(cause = ?error, "a batch of waiting events was refused, they are tried one by one");
                one_by_one(&mut connection, after).await?
            }
            result => result?,
        };
        applied += swept.applied;
        match swept.last {
            Some(last) if Instant::now() < until => after = last,
            _ => return Ok(applied),
        }
    }
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default)]
struct Swept {
    /// The last one's id; the next batch starts behind it, so that what is left waiting isn't taken twice.
    last: Option<i64>,
    applied: usize,
}

impl Swept {
    fn of(batch: &[StoredEvent]) -> Self {
        Self { last: batch.last().map(|event| event.id), ..Self::default() }
    }
}

async fn together(connection: &mut Connection, after: i64) -> Result<Swept, StoreError> {
    let transaction = connection.transaction().await?;
    let ready = stored_events::take_ready(&transaction, after, BATCH).await?;
    let applied = apply_stored(&transaction, &ready).await?;
    transaction.commit().await?;
    Ok(Swept { applied, ..Swept::of(&ready) })
}

/// Data that breaks a rule will always break it. For the rest an event waits on: a lock, a right that is missing or a
/// table that is being changed says nothing about it.
async fn one_by_one(connection: &mut Connection, after: i64) -> Result<Swept, StoreError> {
    let mut transaction = connection.transaction().await?;
    let ready = stored_events::take_ready(&transaction, after, BATCH).await?;
    let (mut swept, mut left) = (Swept::of(&ready), Vec::new());
    for event in &ready {
        let step = async |savepoint: &Transaction<'_>| apply_stored(savepoint, slice::from_ref(event)).await;
        match attempt(&mut transaction, step).await? {
            Ok(now) => swept.applied += now,
            Err(error) if error.is_rule_violation() => give_up(&transaction, event, &error).await?,
            Err(error) => left.push((event.id, error)),
        }
    }
    transaction.commit().await?;
    if let Some((first, error)) = left.first() {
        tracing::error!(left = left.len(), first, cause = causes(error), "waiting events are refused, they wait on");
    }
    Ok(swept)
}

async fn give_up(transaction: &Transaction<'_>, event: &StoredEvent, error: &StoreError) -> Result<(), StoreError> {
    let (id, cause) = (event.id, causes(error));
    let correlation_id = event.correlation_id.as_ref().map(CorrelationId::as_str);
    tracing::error!(event = id, correlation_id, cause, "a waiting event breaks a rule, it is given up");
    stored_events::give_up(transaction, id, &cause).await
}

async fn apply_stored(transaction: &Transaction<'_>, stored: &[StoredEvent]) -> Result<usize, StoreError> {
    let events: Vec<_> = stored.iter().map(events::of_stored).collect();
    apply::stored(transaction, &events.iter().collect::<Vec<_>>()).await
}
