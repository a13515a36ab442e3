//! Every event that a platform told us, once.
//!
//! These statements cross owners: an event is the platform's, and finds its rows by the platform's ids.

use std::collections::HashSet;

use deadpool_postgres::Transaction;
use platforms::instagram::webhook::Author;
use serde_json::Value;
use tokio_postgres::types::Type;

use super::{
    Connection, Parameters, StoreError,
    array::{clipped, column, optional},
    forgotten,
};
use crate::domain::{Platform, WebhookEvent};

/// An event's key: its platform and its external id.
pub type Key = (Platform, String);

/// How much of a name the columns of authors hold.
const NAME: usize = 255;

/// What `author_id` holds.
pub(super) fn author_id<'a>(author: impl Into<Option<&'a Author>>) -> Option<String> {
    author.into()?.id.as_deref().map(|id| clipped(id, NAME))
}

/// What `author_name` holds.
pub(super) fn author_name<'a>(author: impl Into<Option<&'a Author>>) -> Option<String> {
    author.into()?.username.as_deref().map(|name| clipped(name, NAME))
}

/// Stores the events that aren't there yet, as applied, and returns those. Those of somebody who asked to be forgotten are
/// passed over, as if they were there. `events` must be free of duplicates and in the order of their keys, so that two
/// batches that share keys wait for each other instead of dying.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert_new<'a>(
    transaction: &Transaction<'_>,
    events: &'a [WebhookEvent],
) -> Result<Vec<&'a WebhookEvent>, StoreError> {
    let sql = format!(
        "
        INSERT INTO webhook_events (provider, event_type, external_id, subject_id, author_id, author_name,
                                    author_read, payload_json, payload_raw, occurred_at, received_at, processed_at,
                                    applied_at, error_message, correlation_id)
        SELECT provider, event_type, external_id, subject_id, author_id, author_name, TRUE, payload_json::jsonb,
               payload_raw, occurred_at, received_at, now(), now(), error_message, correlation_id
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                      $8::bytea[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[])
            AS said (provider, event_type, external_id, subject_id, author_id, author_name, payload_json, payload_raw,
                     occurred_at, received_at, error_message, correlation_id)
         WHERE NOT ({})
            ON CONFLICT ON CONSTRAINT webhook_events_provider_external_id_key DO NOTHING
        RETURNING provider, external_id",
        forgotten::IS_OF_SOMEBODY
    );
    let payloads: Vec<_> = events.iter().map(|event| Payload::of(&event.payload)).collect();
    let parameters: Parameters<'_> = &[
        (&column(events, |event| event.platform.as_str()), Type::TEXT_ARRAY),
        (&column(events, |event| clipped(&event.event_type, 100)), Type::TEXT_ARRAY),
        (&column(events, |event| event.external_id.as_str()), Type::TEXT_ARRAY),
        (&column(events, |event| event.subject_id.as_deref().map(|id| clipped(id, 255))), Type::TEXT_ARRAY),
        (&column(events, |event| author_id(&event.author)), Type::TEXT_ARRAY),
        (&column(events, |event| author_name(&event.author)), Type::TEXT_ARRAY),
        (&column(&payloads, |payload| payload.json), Type::TEXT_ARRAY),
        (&column(&payloads, |payload| payload.raw), Type::BYTEA_ARRAY),
        (&column(events, |event| event.occurred_at), Type::TIMESTAMPTZ_ARRAY),
        (&column(events, |event| event.received_at), Type::TIMESTAMPTZ_ARRAY),
        (&column(events, |event| event.error.as_deref().map(|error| clipped(error, 2000))), Type::TEXT_ARRAY),
        (&column(events, |event| event.correlation_id.as_ref().map(|id| id.as_str())), Type::TEXT_ARRAY),
    ];
    let rows = transaction.query_typed(&sql, parameters).await?;
    let new: HashSet<(&str, &str)> =
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, tokio_postgres::Error>>()?;
    let is_new = |event: &&WebhookEvent| new.contains(&(event.platform.as_str(), event.external_id.as_str()));
    Ok(events.iter().filter(is_new).collect())
}

/// Notes that these events, just stored or just understood, found nothing to act on yet. Most find something, so they
/// are stored as applied and written once.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_waiting(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE webhook_events e
           SET applied_at = NULL, waits_for = said.waits_for, error_message = NULL
          FROM unnest($1::text[], $2::text[], $3::text[]) AS said (provider, external_id, waits_for)
         WHERE e.provider = said.provider AND e.external_id = said.external_id";
    if events.is_empty() {
        return Ok(());
    }
    let parameters: Parameters<'_> = &[
        (&column(events, |event| event.platform.as_str()), Type::TEXT_ARRAY),
        (&column(events, |event| event.external_id.as_str()), Type::TEXT_ARRAY),
        (&column(events, |event| optional(event.change.waits_for().as_deref())), Type::TEXT_ARRAY),
    ];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Notes that these events have done what they had to.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_applied(transaction: &Transaction<'_>, keys: &HashSet<Key>) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE webhook_events e
           SET applied_at = now(), waits_for = NULL
          FROM unnest($1::text[], $2::text[]) AS done (provider, external_id)
         WHERE e.provider = done.provider AND e.external_id = done.external_id";
    if keys.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = keys.iter().collect();
    let parameters: Parameters<'_> = &[
        (&column(&keys, |key| key.0.as_str()), Type::TEXT_ARRAY),
        (&column(&keys, |key| key.1.as_str()), Type::TEXT_ARRAY),
    ];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Forgets what names nobody after 30 days: no data deletion would find it. Returns how many events those were.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget_nameless(connection: &Connection) -> Result<u64, StoreError> {
    const SQL: &str = "
        DELETE FROM webhook_events
         WHERE subject_id IS NULL AND author_id IS NULL AND author_name IS NULL AND waits_for IS NULL
           AND created_at < now() - INTERVAL '30 days'";
    Ok(connection.execute_typed(SQL, &[]).await?)
}

/// A payload in the column that can hold it.
struct Payload<'a> {
    json: &'a str,
    raw: Option<&'a [u8]>,
}

impl<'a> Payload<'a> {
    /// JSONB refuses U+0000, lone surrogates, deep nesting, numbers beyond `numeric` and what isn't JSON: those bytes
    /// are kept as they are.
    fn of(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(json) if is_jsonb(json) => Self { json, raw: None },
            _ => Self { json: r#"{"stored_in":"payload_raw"}"#, raw: Some(bytes) },
        }
    }
}

fn is_jsonb(json: &str) -> bool {
    !json.contains(r"\u0000") && !has_vast_number(json) && serde_json::from_str::<Value>(json).is_ok()
}

/// Whether there is a number of more than 300 characters or with an exponent of more than 3 digits. Text that looks
/// like one counts as well: such a payload is only kept in the other column.
fn has_vast_number(json: &str) -> bool {
    let numbers = json.split(|character: char| !matches!(character, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
    numbers.filter(|number| number.len() > 5).any(|number| {
        let exponent = number.rsplit_once(['e', 'E']).map_or("", |(_, exponent)| exponent);
        number.len() > 300 || exponent.trim_start_matches(['+', '-']).len() > 3
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_jsonb_refuses_is_kept_as_bytes() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for refused in [
            r#"{"a":"\u0000"}"#,
            r#"{"a":"\ud800"}"#,
            &deep,
            "{",
            "",
            "1e999",
            "1e-20000",
            r#"{"a":0e9999999999}"#,
            &"1".repeat(301),
        ] {
            assert!(Payload::of(refused.as_bytes()).raw.is_some(), "{refused}");
        }
        assert!(Payload::of(&[0xff]).raw.is_some());
        for taken in [r#"{"a":"\ud83d\ude00"}"#, "7", r#"{"a":1,"a":2}"#, "1e300", "100000000000000000001"] {
            assert!(Payload::of(taken.as_bytes()).raw.is_none(), "{taken}");
        }
    }
}
