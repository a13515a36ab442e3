//! Deletes what we hold about people who asked for it, a few hundred rows in each transaction: it can be stopped anywhere
//! and goes on where it was.
//!
//! ```text
//! received → in_progress: files marked, then events, comments, media, posts, … in batches, then the accounts themselves
//!          → completed, once the files are gone as well; failed where a statement is refused, and tried again later
//! ```

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    domain::catalogue::ErrorCode,
    store::{
        self, Database, StoreError,
        data_deletion_requests::OpenRequest,
        purge::{END, FILES, STEPS, Step, Traces},
        retried,
    },
    telemetry::causes,
};

/// The most rows that one transaction deletes.
const BATCH: i64 = 500;
/// What is marked, and what has come since the batches, is little.
const ALL: i64 = i64::MAX;
/// How often it's looked whether files are gone that somebody else deletes.
const FILES_PAUSE: Duration = Duration::from_secs(300);
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 60 * 60);

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Nothing is left.
    Done,
    /// Everything but files, which take their time.
    FilesLeft,
    /// The round's time is over.
    OutOfTime,
}

/// Works on the requests that are due, one after the other, until nothing is due or the time is over; returns how many
/// were completed.
///
/// # Errors
/// The database is away. What was deleted stays so, and the next round goes on.
pub async fn round(database: &Database, until: Instant) -> Result<usize, StoreError> {
    let mut completed = 0;
    while Instant::now() < until {
        let connection = database.connection().await?;
        let Some(request) = store::data_deletion_requests::take_due(&connection).await? else { break };
        drop(connection);
        match Box::pin(work(database, &request, until)).await {
            Ok(progress) => completed += usize::from(settle(database, &request, progress).await?),
            Err(error @ (StoreError::Refused(_) | StoreError::Unexpected { .. })) => {
                failed(database, &request, &error).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(completed)
}

async fn work(database: &Database, request: &OpenRequest, until: Instant) -> Result<Progress, StoreError> {
    let connection = database.connection().await?;
    let traces = store::purge::traces(&connection, request).await?;
    drop(connection);
    batch(database, request, (&[FILES], ALL), &traces).await?;
    for step in STEPS {
        while batch(database, request, (&[step], BATCH), &traces).await? == BATCH {
            if Instant::now() >= until {
                return Ok(Progress::OutOfTime);
            }
        }
    }
    batch(database, request, (&END, ALL), &traces).await?;
    let connection = database.connection().await?;
    let files_left = store::purge::has_files(&connection, request).await?;
    Ok(if files_left { Progress::FilesLeft } else { Progress::Done })
}

/// One transaction: so many rows of each of these kinds, and their counts with them.
async fn batch(
    database: &Database,
    request: &OpenRequest,
    (steps, limit): (&[Step], i64),
    traces: &Traces,
) -> Result<i64, StoreError> {
    retried(async || {
        let mut connection = database.connection().await?;
        let transaction = connection.transaction().await?;
        let mut deleted = 0;
        for step in steps {
            let gone = store::purge::carry_out(&transaction, *step, traces, limit).await?;
            store::data_deletion_requests::count(&transaction, request.id, step.kind, gone).await?;
            deleted += gone;
        }
        transaction.commit().await?;
        Ok(deleted)
    })
    .await
}

/// Writes down how far it came; whether it's completed.
async fn settle(database: &Database, request: &OpenRequest, progress: Progress) -> Result<bool, StoreError> {
    let connection = database.connection().await?;
    let pause = match progress {
        Progress::Done if store::data_deletion_requests::complete(&connection, request).await? => {
            tracing::info!(request = request.id, "a person's data is deleted");
            return Ok(true);
        }
        // The person has asked again meanwhile, or there is more to do.
        Progress::Done | Progress::OutOfTime => Duration::ZERO,
        Progress::FilesLeft => FILES_PAUSE,
    };
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
