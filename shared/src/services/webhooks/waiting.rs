//! Events that came before the row that they are about.

use deadpool_postgres::Transaction;
use time::{Duration, OffsetDateTime};

use super::{apply, events};
use crate::{
    domain::{CorrelationId, StoredEvent},
    store::{
        Connection, Database, StoreError, retried,
        stored_events::{self, Awaited},
    },
    telemetry::causes,
};

/// The most events that one transaction of the sweep takes.
const BATCH: i64 = 200;

/// How long an event waits.
const PATIENCE: Duration = Duration::days(30);

/// Applies what waits for a row, in the transaction that creates it; returns how many events that were. Events whose
/// own transaction isn't committed yet are left to [`sweep`], and so are all of them where one is refused: it must not
/// cost the row.
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_for(transaction: &mut Transaction<'_>, row: Awaited<'_>) -> Result<usize, StoreError> {
    let savepoint = transaction.transaction().await?;
    let waiting = stored_events::take_waiting_for(&savepoint, row).await?;
    match apply_stored(&savepoint, &waiting).await {
        Ok(applied) => {
            savepoint.commit().await?;
            Ok(applied)
        }
        // A deadlock has ended the whole transaction, savepoint or not.
        Err(error @ StoreError::Refused(_)) if !error.is_conflict() => {
            savepoint.rollback().await?;
            tracing::warn!(row = ?row, cause = causes(&error), "what waits for a new row is refused, it is left to the sweep");
            Ok(0)
        }
        Err(error) => Err(error),
    }
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

/// Applies everything that waits for a row which exists by now, and returns how many events that were. One that is refused
/// doesn't hold up the others. Where it breaks a rule of the tables, it stops waiting, with its error, and is left to the
/// operator; anything else isn't its fault, and the next round tries it again.
///
/// # Errors
/// See [`StoreError`]; what was applied before stays so.
pub async fn sweep(database: &Database) -> Result<usize, StoreError> {
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
            // What refuses a whole batch, not for its data, refuses the next as well.
            Some(last) if !swept.is_stuck() => after = last,
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
    given_up: usize,
    left: usize,
}

impl Swept {
    fn of(batch: &[StoredEvent]) -> Self {
        Self { last: batch.last().map(|event| event.id), ..Self::default() }
    }

    fn is_stuck(self) -> bool {
        self.left > 0 && self.applied + self.given_up == 0
    }
}

async fn together(connection: &mut Connection, after: i64) -> Result<Swept, StoreError> {
    let transaction = connection.transaction().await?;
    let ready = stored_events::take_ready(&transaction, after, BATCH).await?;
    let applied = apply_stored(&transaction, &ready).await?;
    transaction.commit().await?;
    Ok(Swept { applied, ..Swept::of(&ready) })
}

async fn one_by_one(connection: &mut Connection, after: i64) -> Result<Swept, StoreError> {
    let mut transaction = connection.transaction().await?;
    let ready = stored_events::take_ready(&transaction, after, BATCH).await?;
    let mut swept = Swept::of(&ready);
    for event in &ready {
        let savepoint = transaction.transaction().await?;
        match apply_stored(&savepoint, std::slice::from_ref(event)).await {
            Ok(now) => {
                savepoint.commit().await?;
                swept.applied += now;
            }
            Err(error @ StoreError::Refused(_)) => {
                savepoint.rollback().await?;
                refused(&transaction, event, &error, &mut swept).await?;
            }
            Err(error) => return Err(error),
        }
    }
    transaction.commit().await?;
    Ok(swept)
}

/// Data that breaks a rule will always break it. For the rest the event waits on: a lock, a right that is missing or a
/// table that is being changed says nothing about it.
async fn refused(
    transaction: &Transaction<'_>,
    event: &StoredEvent,
    error: &StoreError,
    swept: &mut Swept,
) -> Result<(), StoreError> {
    let (id, cause) = (event.id, causes(error));
    let correlation_id = event.correlation_id.as_ref().map(CorrelationId::as_str);
    if error.is_rule_violation() {
        tracing::error!(event = id, correlation_id, cause, "a waiting event breaks a rule, it is given up");
        stored_events::give_up(transaction, id, &cause).await?;
        swept.given_up += 1;
    } else {
        tracing::error!(event = id, correlation_id, cause, "a waiting event is refused, it waits on");
        swept.left += 1;
    }
    Ok(())
}

async fn apply_stored(transaction: &Transaction<'_>, stored: &[StoredEvent]) -> Result<usize, StoreError> {
    let events: Vec<_> = stored.iter().map(events::of_stored).collect();
    apply::stored(transaction, &events.iter().collect::<Vec<_>>()).await
}
