//! What can never be processed, as a row among the events.

use platforms::instagram::webhook::Author;
use time::OffsetDateTime;
use tokio_postgres::types::Type;

use super::{
    Connection, Parameters, StoreError,
    array::clipped,
    forgotten,
    webhook_events::{author_id, author_name},
};
use crate::domain::Platform;

/// One of these rows.
#[derive(Debug, Clone, Copy)]
pub struct PoisonRow<'a> {
    /// Who sent it; `None` for a message that is no delivery at all.
    pub platform: Option<Platform>,
    /// The platform's name of the event; `None` for a message that is no delivery at all.
    pub event_type: Option<&'a str>,
    /// Names it, and nothing that isn't poison.
    pub external_id: &'a str,
    /// Whose event it is.
    pub subject_id: Option<&'a str>,
    /// Who wrote what it tells of.
    pub author: Option<&'a Author>,
    /// Its bytes.
    pub payload: &'a [u8],
    /// When it came in.
    pub received_at: OffsetDateTime,
    /// Ties it to the request that brought it.
    pub correlation_id: Option<&'a str>,
    /// Why it can't be processed.
    pub error: &'a str,
}

/// Stores poison; again and again is once. That of somebody who asked to be forgotten is passed over.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(connection: &Connection, row: PoisonRow<'_>) -> Result<(), StoreError> {
    let sql = format!(
        "
        INSERT INTO webhook_events AS e (provider, event_type, external_id, subject_id, author_id, author_name,
                                         author_read, payload_json, payload_raw, received_at, correlation_id,
                                         processed_at, applied_at, error_message)
        SELECT provider, 'poison', $2, subject_id, author_id, author_name, TRUE,
               jsonb_build_object('stored_in', 'payload_raw', 'event_type', $6), $4, received_at, $8, now(), now(), $5
          FROM (VALUES ($1, $3, $9, $10, $7)) AS said (provider, subject_id, author_id, author_name, received_at)
         WHERE NOT ({})
            ON CONFLICT ON CONSTRAINT webhook_events_provider_external_id_key DO UPDATE
           SET retry_count = e.retry_count + 1, error_message = excluded.error_message",
        forgotten::IS_OF_SOMEBODY
    );
    let parameters: Parameters<'_> = &[
        (&row.platform.map_or("unknown", Platform::as_str), Type::TEXT),
        (&row.external_id, Type::TEXT),
        (&row.subject_id.map(|id| clipped(id, 255)), Type::TEXT),
        (&row.payload, Type::BYTEA),
        (&clipped(row.error, 2000), Type::TEXT),
        (&row.event_type.map(|name| clipped(name, 100)), Type::TEXT),
        (&row.received_at, Type::TIMESTAMPTZ),
        (&row.correlation_id, Type::TEXT),
        (&author_id(row.author), Type::TEXT),
        (&author_name(row.author), Type::TEXT),
    ];
    connection.execute_typed(&sql, parameters).await?;
    Ok(())
}

/// Clears the errors of poison whose event is stored by now, and returns how many those were. What is being looked at
/// again at this moment is left alone.
///
/// # Errors
/// See [`StoreError`].
pub async fn settle(connection: &Connection) -> Result<u64, StoreError> {
    const SQL: &str = "
        WITH settled AS (
             SELECT p.id
               FROM webhook_events p
               JOIN webhook_events e ON e.provider = p.provider AND e.external_id = substr(p.external_id, 8)
              WHERE p.event_type = 'poison' AND p.error_message IS NOT NULL
              ORDER BY p.id
                FOR UPDATE OF p SKIP LOCKED)
        UPDATE webhook_events p SET error_message = NULL FROM settled WHERE p.id = settled.id";
    Ok(connection.execute_typed(SQL, &[]).await?)
}
