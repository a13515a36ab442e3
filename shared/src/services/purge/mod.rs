//! Deletes what we hold about people who asked for it, a few hundred rows in each transaction: it can be stopped anywhere
//! and goes on where it was.
//!
//! ```text
//! received → in_progress: names remembered as hashes; two minutes later, when whoever was storing something has ended,
//!          → connections whose logins were on the way then
//!          → events, comments, media, posts with their files, … in batches
//!          → the accounts themselves, where nothing else is left
//!          → completed, once the files are gone as well; failed where a statement is refused, and tried again later
//! ```
//!
//! What webhooks bring of these people afterwards isn't stored: see [`store::forgotten`].

mod late_logins;

use std::time::Duration;

use deadpool_postgres::Transaction;
use tokio::time::Instant;

use crate::{
    domain::catalogue::ErrorCode,
    services::webhooks::authors,
    store::{
        self, Database, StoreError,
        data_deletion_requests::OpenRequest,
        purge::{END, STEPS, Step, Traces},
        retried,
    },
    telemetry::causes,
};

/// The most rows that one transaction deletes.
const BATCH: i64 = 500;
/// The logins of one person, and the accounts behind them, are few.
const ALL: i64 = i64::MAX;
/// How often it's looked whether files are gone that somebody else deletes.
const FILES_PAUSE: Duration = Duration::from_secs(300);
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 60 * 60);

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The names are remembered, and nothing is deleted yet.
    Begun,
    /// Nothing is left, and the request says so.
    Done,
    /// Somebody else has finished it.
    DoneElsewhere,
    /// Everything but files, which take their time.
    FilesLeft,
    /// The round's time is over, or something came meanwhile.
    MoreLeft,
}

/// Works on the requests that are due, one after the other, until nothing is due or the time is over, but always on one;
/// returns how many were completed. Forgets first whose names no late delivery can have any more. Nothing is deleted before
/// all authors of events are read: any of them may be the person.
///
/// # Errors
/// The database is away. What was deleted stays so, and the next round goes on.
pub async fn round(database: &Database, until: Instant) -> Result<usize, StoreError> {
    store::forgotten::end(&database.connection().await?).await?;
    if !authors::read(database, until).await? {
        return Ok(0);
    }
    let mut completed = 0;
    while let Some(request) = take_due(database).await? {
        match Box::pin(work(database, &request, until)).await {
            Ok(progress) => completed += usize::from(settle(database, &request, progress).await?),
            Err(error @ (StoreError::Refused(_) | StoreError::Unexpected { .. })) => {
                failed(database, &request, &error).await?;
            }
            Err(error) => return Err(error),
        }
        if Instant::now() >= until {
            break;
        }
    }
    Ok(completed)
}

async fn take_due(database: &Database) -> Result<Option<OpenRequest>, StoreError> {
    store::data_deletion_requests::take_due(&database.connection().await?).await
}

async fn work(database: &Database, request: &OpenRequest, until: Instant) -> Result<Progress, StoreError> {
    remember(database, request).await?;
    if request.is_new {
        return Ok(Progress::Begun);
    }
    late_logins::end(database, request).await?;
    for step in STEPS {
        while batch(database, request, step).await? > 0 {
            if Instant::now() >= until {
                return Ok(Progress::MoreLeft);
            }
        }
    }
    retried(async || finish(database, request).await).await
}

/// Before anything is deleted: so that nothing which comes in meanwhile, or late, is stored again.
async fn remember(database: &Database, request: &OpenRequest) -> Result<(), StoreError> {
    retried(async || {
        let mut connection = database.connection().await?;
        let transaction = connection.transaction().await?;
        store::forgotten::remember(&transaction, request).await?;
        if request.is_new {
            store::data_deletion_requests::begin(&transaction, request).await?;
        }
        Ok(transaction.commit().await?)
    })
    .await
}

/// One transaction: so many rows of a kind, and their counts with them. Returns how many.
async fn batch(database: &Database, request: &OpenRequest, step: Step) -> Result<i64, StoreError> {
    retried(async || {
        let mut connection = database.connection().await?;
        let transaction = connection.transaction().await?;
        if !store::data_deletion_requests::hold(&transaction, request).await? {
            return Ok(0);
        }
        let traces = store::purge::traces(&transaction, request).await?;
        let gone = delete(&transaction, request, (step, BATCH), &traces).await?;
        transaction.commit().await?;
        Ok(gone)
    })
    .await
}

/// The last transaction: the rows that led to all the others, where nothing of those is left. Otherwise nothing happens.
async fn finish(database: &Database, request: &OpenRequest) -> Result<Progress, StoreError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    if !store::data_deletion_requests::hold(&transaction, request).await? {
        return Ok(Progress::DoneElsewhere);
    }
    let traces = store::purge::traces(&transaction, request).await?;
    for step in END {
        delete(&transaction, request, (step, ALL), &traces).await?;
    }
    if store::purge::is_left(&transaction, &traces).await? {
        return Ok(Progress::MoreLeft);
    }
    let progress = if store::purge::has_files(&transaction, request).await? {
        Progress::FilesLeft
    } else if store::data_deletion_requests::complete(&transaction, request).await? {
        Progress::Done
    } else {
        Progress::MoreLeft // The person has asked again meanwhile.
    };
    transaction.commit().await?;
    Ok(progress)
}

async fn delete(
    transaction: &Transaction<'_>,
    request: &OpenRequest,
    (step, limit): (Step, i64),
    traces: &Traces,
) -> Result<i64, StoreError> {
    let mut all = 0;
    for (kind, gone) in store::purge::carry_out(transaction, step, traces, limit).await? {
        store::data_deletion_requests::count(transaction, request.id, &kind, gone).await?;
        all += gone;
    }
    Ok(all)
}

/// Puts it back where it isn't done; whether it's completed.
async fn settle(database: &Database, request: &OpenRequest, progress: Progress) -> Result<bool, StoreError> {
    let pause = match progress {
        Progress::Done => {
            tracing::info!(request = request.id, "a person's data is deleted");
            return Ok(true);
        }
        Progress::Begun | Progress::DoneElsewhere => return Ok(false),
        Progress::MoreLeft => Duration::ZERO,
        Progress::FilesLeft => FILES_PAUSE,
    };
    let connection = database.connection().await?;
    store::data_deletion_requests::postpone(&connection, request.id, pause).await?;
    Ok(false)
}

async fn failed(database: &Database, request: &OpenRequest, error: &StoreError) -> Result<(), StoreError> {
    tracing::error!(request = request.id, cause = causes(error), "a person's data could not be deleted yet");
    let doublings = request.failures.clamp(0, 16).unsigned_abs();
    let pause = (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE);
    let connection = database.connection().await?;
    let code = ErrorCode::InternalError.as_str();
    store::data_deletion_requests::fail(&connection, request.id, pause, code).await
}
