//! Reads who wrote what events tell of, where an older version has stored them without.

use tokio::time::Instant;

use super::events;
use crate::store::{Database, StoreError, event_authors, retried};

/// How many one transaction reads: each may be as large as a message, and memory is small.
const BATCH: i64 = 50;

/// Reads on, until all are read or the time is over; whether all are. Those that somebody else holds aren't.
///
/// # Errors
/// See [`StoreError`]; what was read stays so.
pub async fn read(database: &Database, until: Instant) -> Result<bool, StoreError> {
    while retried(async || batch(database).await).await? > 0 {
        if Instant::now() >= until {
            return Ok(false);
        }
    }
    Ok(!event_authors::are_left(&database.connection().await?).await?)
}

async fn batch(database: &Database) -> Result<usize, StoreError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    let stored = event_authors::take_unread(&transaction, BATCH).await?;
    let authors: Vec<_> = stored.iter().map(|event| (event.id, events::author_of_stored(event))).collect();
    if !authors.is_empty() {
        event_authors::write(&transaction, &authors).await?;
        transaction.commit().await?;
    }
    Ok(authors.len())
}
