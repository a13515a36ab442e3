//! Who wrote what events tell of, for those that an older version has stored: it didn't read that.
//!
//! These statements cross owners: an event is the platform's.

use deadpool_postgres::Transaction;
use platforms::instagram::webhook::Author;
use tokio_postgres::types::Type;

use super::{
    Connection, Parameters, StoreError,
    array::column,
    stored_events::{COLUMNS, stored},
    webhook_events::{author_id, author_name},
};
use crate::domain::StoredEvent;

/// Locks and returns at most `limit` events whose author nobody has read. Those that another round holds are left to it.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_unread(transaction: &Transaction<'_>, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    let sql = format!(
        "
        SELECT {COLUMNS}
          FROM webhook_events
         WHERE provider = 'instagram' AND NOT author_read
         ORDER BY id
         LIMIT $1
           FOR UPDATE SKIP LOCKED"
    );
    let rows = transaction.query_typed(&sql, &[(&limit, Type::INT8)]).await?;
    rows.iter().map(stored).collect()
}

/// Whether there are events whose author nobody has read.
///
/// # Errors
/// See [`StoreError`].
pub async fn are_left(connection: &Connection) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT EXISTS (SELECT FROM webhook_events WHERE provider = 'instagram' AND NOT author_read)";
    Ok(connection.query_typed_one(SQL, &[]).await?.try_get(0)?)
}

/// Writes down the authors of the events with these ids.
///
/// # Errors
/// See [`StoreError`].
pub async fn write(transaction: &Transaction<'_>, authors: &[(i64, Author)]) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE webhook_events e
           SET author_id = said.author_id, author_name = said.author_name, author_read = TRUE
          FROM unnest($1::bigint[], $2::text[], $3::text[]) AS said (id, author_id, author_name)
         WHERE e.id = said.id";
    let parameters: Parameters<'_> = &[
        (&column(authors, |(id, _)| *id), Type::INT8_ARRAY),
        (&column(authors, |(_, author)| author_id(author)), Type::TEXT_ARRAY),
        (&column(authors, |(_, author)| author_name(author)), Type::TEXT_ARRAY),
    ];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}
