//! Events that lie in the table already: to be applied later, or again.

use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use tokio_postgres::{Row, types::Type};

use super::{Connection, Parameters, StoreError, array::clipped, word};
use crate::domain::{CorrelationId, Platform, StoredEvent};

/// A row that events may have to wait for.
#[derive(Debug, Clone, Copy)]
pub enum Awaited<'a> {
    /// A TikTok post, by its `publish_id`.
    TikTokPost(&'a str),
    /// Instagram media, by Meta's id.
    InstagramMedia(&'a str),
}

impl Awaited<'_> {
    fn waited_for(self) -> String {
        match self {
            Self::TikTokPost(publish_id) => format!("publish_id:{publish_id}"),
            Self::InstagramMedia(ig_id) => format!("ig_media:{ig_id}"),
        }
    }
}

/// A [`StoredEvent`]'s columns. Poison keeps the platform's name of the event beside its payload.
pub(super) const COLUMNS: &str = "
    id, provider, external_id, subject_id, payload_json::text, payload_raw, received_at, correlation_id,
    event_type = 'poison' AS is_poison, applied_at IS NOT NULL AS is_applied, error_message IS NOT NULL AS has_error,
    CASE WHEN event_type = 'poison' THEN coalesce(payload_json ->> 'event_type', event_type) ELSE event_type END
      AS event_type";

/// Locks and returns at most `limit` events that wait for this row, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_waiting_for(
    transaction: &Transaction<'_>,
    row: Awaited<'_>,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let sql = format!(
        "
        SELECT {COLUMNS}
          FROM webhook_events
         WHERE applied_at IS NULL AND waits_for = $1
         ORDER BY id
         LIMIT $2
           FOR UPDATE"
    );
    let rows = transaction.query_typed(&sql, &[(&row.waited_for(), Type::TEXT), (&limit, Type::INT8)]).await?;
    rows.iter().map(stored).collect()
}

/// Locks and returns at most `limit` events with an id above `after` whose row exists by now, oldest first. Those that
/// another sweep holds are left to it.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_ready(transaction: &Transaction<'_>, after: i64, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    let sql = format!(
        "
        SELECT {COLUMNS}
          FROM webhook_events e
         WHERE applied_at IS NULL AND waits_for IS NOT NULL AND id > $1
           AND (EXISTS (SELECT FROM tiktok_posts p WHERE p.publish_id = substr(e.waits_for, 12) AND e.waits_for LIKE 'publish_id:%')
                OR EXISTS (SELECT FROM tiktok_abandoned_uploads u
                            WHERE u.publish_id = substr(e.waits_for, 12) AND e.waits_for LIKE 'publish_id:%')
                OR EXISTS (SELECT FROM ig_media m
                             JOIN instagram_accounts a ON a.id = m.instagram_account_id AND a.status <> 'revoked'
                            WHERE m.ig_id = substr(e.waits_for, 10) AND e.waits_for LIKE 'ig_media:%'
                              AND a.ig_business_id = e.subject_id))
         ORDER BY id
         LIMIT $2
           FOR UPDATE SKIP LOCKED"
    );
    let rows = transaction.query_typed(&sql, &[(&after, Type::INT8), (&limit, Type::INT8)]).await?;
    rows.iter().map(stored).collect()
}

/// Notes that this event is refused whenever it's tried: it waits no longer, and its error says why.
///
/// # Errors
/// See [`StoreError`].
pub async fn give_up(transaction: &Transaction<'_>, id: i64, error: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE webhook_events SET waits_for = NULL, error_message = $2 WHERE id = $1";
    transaction.execute_typed(SQL, &[(&id, Type::INT8), (&clipped(error, 2000), Type::TEXT)]).await?;
    Ok(())
}

/// Ends the wait of events that came in before `since` and returns how many they were. Their error says so; the
/// operator can still apply them. Those that are being applied at this moment are left alone.
///
/// # Errors
/// See [`StoreError`].
pub async fn end_waits(connection: &Connection, since: OffsetDateTime) -> Result<u64, StoreError> {
    const SQL: &str = "
        WITH old AS (
             SELECT id FROM webhook_events
              WHERE applied_at IS NULL AND waits_for IS NOT NULL AND received_at < $1
              ORDER BY id
                FOR UPDATE SKIP LOCKED)
        UPDATE webhook_events e
           SET waits_for = NULL, error_message = 'what it is about never came: ' || waits_for
          FROM old
         WHERE e.id = old.id";
    Ok(connection.execute_typed(SQL, &[(&since, Type::TIMESTAMPTZ)]).await?)
}

/// Which events to look at again. Nothing named means all of them.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only these.
    pub ids: Vec<i64>,
    /// From this id on.
    pub from: Option<i64>,
    /// Up to this id.
    pub to: Option<i64>,
    /// Only this platform's.
    pub platform: Option<Platform>,
    /// Only those whose error contains this text.
    pub error: Option<String>,
}

/// A [`Selection`] as a condition, over its members in their order.
const SELECTED: &str = "
    provider <> 'unknown' AND (cardinality($1::bigint[]) = 0 OR id = ANY ($1)) AND id >= $2 AND id <= $3
    AND ($4::text IS NULL OR provider = $4) AND ($5::text IS NULL OR strpos(error_message, $5) > 0)";

/// How many events are selected.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(transaction: &Transaction<'_>, selection: &Selection) -> Result<i64, StoreError> {
    let sql = format!("SELECT count(*) FROM webhook_events WHERE {SELECTED}");
    let parameters: Parameters<'_> = &[
        (&selection.ids, Type::INT8_ARRAY),
        (&selection.from.unwrap_or(0), Type::INT8),
        (&selection.to.unwrap_or(i64::MAX), Type::INT8),
        (&selection.platform.map(Platform::as_str), Type::TEXT),
        (&selection.error, Type::TEXT),
    ];
    Ok(transaction.query_typed_one(&sql, parameters).await?.try_get(0)?)
}

/// The highest id that there is.
///
/// # Errors
/// See [`StoreError`].
pub async fn last_id(connection: &Connection) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT coalesce(max(id), 0) FROM webhook_events";
    Ok(connection.query_typed_one(SQL, &[]).await?.try_get(0)?)
}

/// Locks and returns at most `limit` selected events with an id above `after`, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn take(
    transaction: &Transaction<'_>,
    selection: &Selection,
    after: i64,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM webhook_events WHERE {SELECTED} AND id > $6 ORDER BY id LIMIT $7 FOR UPDATE");
    let parameters: Parameters<'_> = &[
        (&selection.ids, Type::INT8_ARRAY),
        (&selection.from.unwrap_or(0), Type::INT8),
        (&selection.to.unwrap_or(i64::MAX), Type::INT8),
        (&selection.platform.map(Platform::as_str), Type::TEXT),
        (&selection.error, Type::TEXT),
        (&after, Type::INT8),
        (&limit, Type::INT8),
    ];
    let rows = transaction.query_typed(&sql, parameters).await?;
    rows.iter().map(stored).collect()
}

/// Notes that this event went well at last: its error is gone.
///
/// # Errors
/// See [`StoreError`].
pub async fn clear_error(transaction: &Transaction<'_>, id: i64) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE webhook_events
           SET error_message = NULL, retry_count = retry_count + 1, applied_at = coalesce(applied_at, now())
         WHERE id = $1";
    transaction.execute_typed(SQL, &[(&id, Type::INT8)]).await?;
    Ok(())
}

/// Reads a row of those columns.
pub(super) fn stored(row: &Row) -> Result<StoredEvent, StoreError> {
    let json: &str = row.try_get("payload_json")?;
    let raw: Option<&[u8]> = row.try_get("payload_raw")?;
    let correlation_id: Option<&str> = row.try_get("correlation_id")?;
    Ok(StoredEvent {
        id: row.try_get("id")?,
        platform: word(row, "provider")?,
        event_type: row.try_get("event_type")?,
        is_poison: row.try_get("is_poison")?,
        is_applied: row.try_get("is_applied")?,
        has_error: row.try_get("has_error")?,
        external_id: row.try_get("external_id")?,
        subject_id: row.try_get("subject_id")?,
        payload: raw.unwrap_or(json.as_bytes()).to_vec(),
        received_at: row.try_get("received_at")?,
        correlation_id: correlation_id.and_then(CorrelationId::parse),
    })
}
