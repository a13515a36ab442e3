//! Every event that a platform told us, once.
//!
//! These statements cross owners: an event is the platform's, and finds its rows by the platform's ids.

use std::collections::HashSet;

use deadpool_postgres::Transaction;
use serde_json::Value;
use tokio_postgres::types::Type;

use super::{
    Connection, Parameters, StoreError,
    array::{clipped, column, optional},
    word,
};
use crate::domain::{CorrelationId, Platform, StoredEvent, WebhookEvent};

/// An event's key: its platform and its external id.
pub type Key = (Platform, String);

/// Stores the events that aren't there yet and returns those. `events` must be free of duplicates and in the order of
/// their keys, so that two batches that share keys wait for each other instead of dying.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert_new<'a>(
    transaction: &Transaction<'_>,
    events: &'a [WebhookEvent],
) -> Result<Vec<&'a WebhookEvent>, StoreError> {
    const SQL: &str = "
        INSERT INTO webhook_events (provider, event_type, external_id, subject_id, payload_json, payload_raw,
                                    occurred_at, received_at, processed_at, applied_at, waits_for, error_message,
                                    correlation_id)
        SELECT provider, event_type, external_id, subject_id, payload_json::jsonb, payload_raw,
               occurred_at, received_at, now(), CASE WHEN waits_for IS NULL THEN now() END, waits_for, error_message,
               correlation_id
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::timestamptz[],
                      $8::timestamptz[], $9::text[], $10::text[], $11::text[])
            AS said (provider, event_type, external_id, subject_id, payload_json, payload_raw, occurred_at,
                     received_at, waits_for, error_message, correlation_id)
            ON CONFLICT ON CONSTRAINT webhook_events_provider_external_id_key DO NOTHING
        RETURNING provider, external_id";
    let payloads: Vec<_> = events.iter().map(|event| Payload::of(&event.payload)).collect();
    let parameters: Parameters<'_> = &[
        (&column(events, |event| event.platform.as_str()), Type::TEXT_ARRAY),
        (&column(events, |event| clipped(&event.event_type, 100)), Type::TEXT_ARRAY),
        (&column(events, |event| event.external_id.as_str()), Type::TEXT_ARRAY),
        (&column(events, |event| event.subject_id.as_deref().map(|id| clipped(id, 255))), Type::TEXT_ARRAY),
        (&column(&payloads, |payload| payload.json), Type::TEXT_ARRAY),
        (&column(&payloads, |payload| payload.raw), Type::BYTEA_ARRAY),
        (&column(events, |event| event.occurred_at), Type::TIMESTAMPTZ_ARRAY),
        (&column(events, |event| event.received_at), Type::TIMESTAMPTZ_ARRAY),
        (&column(events, |event| optional(event.change.waits_for().as_deref())), Type::TEXT_ARRAY),
        (&column(events, |event| event.error.as_deref().map(|error| clipped(error, 2000))), Type::TEXT_ARRAY),
        (&column(events, |event| event.correlation_id.as_ref().map(|id| id.as_str())), Type::TEXT_ARRAY),
    ];
    let rows = transaction.query_typed(SQL, parameters).await?;
    let new: HashSet<(&str, &str)> =
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, tokio_postgres::Error>>()?;
    let is_new = |event: &&WebhookEvent| new.contains(&(event.platform.as_str(), event.external_id.as_str()));
    Ok(events.iter().filter(is_new).collect())
}

/// Notes that these events have done what they had to.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_applied(transaction: &Transaction<'_>, keys: &[Key]) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE webhook_events e
           SET applied_at = now(), waits_for = NULL
          FROM unnest($1::text[], $2::text[]) AS done (provider, external_id)
         WHERE e.provider = done.provider AND e.external_id = done.external_id";
    if keys.is_empty() {
        return Ok(());
    }
    let parameters: Parameters<'_> = &[
        (&column(keys, |key| key.0.as_str()), Type::TEXT_ARRAY),
        (&column(keys, |key| key.1.as_str()), Type::TEXT_ARRAY),
    ];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Stores what can never be processed, with its error; again and again is once.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert_poison(
    connection: &Connection,
    platform: Option<Platform>,
    payload: &[u8],
    error: &str,
) -> Result<(), StoreError> {
    const SQL: &str = r#"
        INSERT INTO webhook_events AS e (provider, event_type, external_id, payload_json, payload_raw, processed_at,
                                         applied_at, error_message)
        VALUES ($1, 'poison', $2, '{"stored_in":"payload_raw"}', $3, now(), now(), $4)
            ON CONFLICT ON CONSTRAINT webhook_events_provider_external_id_key DO UPDATE
           SET retry_count = e.retry_count + 1, error_message = excluded.error_message"#;
    let parameters: Parameters<'_> = &[
        (&platform.map_or("unknown", Platform::as_str), Type::TEXT),
        (&platforms::body_id(payload), Type::TEXT),
        (&payload, Type::BYTEA),
        (&clipped(error, 2000), Type::TEXT),
    ];
    connection.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// A row that events may have to wait for.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// A TikTok post, by its `publish_id`.
    TikTokPost(&'a str),
    /// Instagram media, by Meta's id.
    InstagramMedia(&'a str),
}

impl Row<'_> {
    fn waited_for(self) -> String {
        match self {
            Self::TikTokPost(publish_id) => format!("publish_id:{publish_id}"),
            Self::InstagramMedia(ig_id) => format!("ig_media:{ig_id}"),
        }
    }
}

/// Locks and returns the events that wait for this row, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_waiting_for(transaction: &Transaction<'_>, row: Row<'_>) -> Result<Vec<StoredEvent>, StoreError> {
    const SQL: &str = "
        SELECT id, provider, event_type, external_id, subject_id, payload_json::text, payload_raw, received_at,
               correlation_id
          FROM webhook_events
         WHERE applied_at IS NULL AND waits_for = $1
         ORDER BY id
           FOR UPDATE";
    let rows = transaction.query_typed(SQL, &[(&row.waited_for(), Type::TEXT)]).await?;
    rows.iter().map(stored).collect()
}

/// Locks and returns at most `limit` events whose row exists by now, oldest first. Those that another sweep holds are
/// left to it.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_ready(transaction: &Transaction<'_>, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    const SQL: &str = "
        SELECT id, provider, event_type, external_id, subject_id, payload_json::text, payload_raw, received_at,
               correlation_id
          FROM webhook_events e
         WHERE applied_at IS NULL AND waits_for IS NOT NULL
           AND (EXISTS (SELECT FROM tiktok_posts p WHERE p.publish_id = substr(e.waits_for, 12) AND e.waits_for LIKE 'publish_id:%')
                OR EXISTS (SELECT FROM ig_media m
                             JOIN instagram_accounts a ON a.id = m.instagram_account_id AND a.status <> 'revoked'
                            WHERE m.ig_id = substr(e.waits_for, 10) AND e.waits_for LIKE 'ig_media:%'
                              AND a.ig_business_id = e.subject_id))
         ORDER BY id
         LIMIT $1
           FOR UPDATE SKIP LOCKED";
    let rows = transaction.query_typed(SQL, &[(&limit, Type::INT8)]).await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &tokio_postgres::Row) -> Result<StoredEvent, StoreError> {
    let json: &str = row.try_get("payload_json")?;
    let raw: Option<&[u8]> = row.try_get("payload_raw")?;
    let correlation_id: Option<&str> = row.try_get("correlation_id")?;
    Ok(StoredEvent {
        id: row.try_get("id")?,
        platform: word(row, "provider")?,
        event_type: row.try_get("event_type")?,
        external_id: row.try_get("external_id")?,
        subject_id: row.try_get("subject_id")?,
        payload: raw.unwrap_or(json.as_bytes()).to_vec(),
        received_at: row.try_get("received_at")?,
        correlation_id: correlation_id.and_then(CorrelationId::parse),
    })
}

/// A payload in the column that can hold it.
struct Payload<'a> {
    json: &'a str,
    raw: Option<&'a [u8]>,
}

impl<'a> Payload<'a> {
    /// JSONB refuses U+0000, lone surrogates, deep nesting and what isn't JSON: those bytes are kept as they are.
    fn of(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(json) if !json.contains(r"\u0000") && serde_json::from_str::<Value>(json).is_ok() => {
                Self { json, raw: None }
            }
            _ => Self { json: r#"{"stored_in":"payload_raw"}"#, raw: Some(bytes) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_jsonb_refuses_is_kept_as_bytes() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for refused in [r#"{"a":"\u0000"}"#, r#"{"a":"\ud800"}"#, &deep, "{", "", "1e999"] {
            assert!(Payload::of(refused.as_bytes()).raw.is_some(), "{refused}");
        }
        assert!(Payload::of(&[0xff]).raw.is_some());
        for taken in [r#"{"a":"\ud83d\ude00"}"#, "7", r#"{"a":1,"a":2}"#] {
            assert!(Payload::of(taken.as_bytes()).raw.is_none(), "{taken}");
        }
    }
}
