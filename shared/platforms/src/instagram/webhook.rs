//! Meta's webhook body: entries, each with changes, each of them one event.
//!
//! developers.facebook.com, Instagram platform: webhooks and their examples.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

pub use author::Author;
pub use comment::Comment;

use self::frame::{EMPTY, MALFORMED_CHANGE, MALFORMED_ENTRY, MESSAGING, STANDBY, UNKNOWN};
use crate::{event_id, lenient};

mod author;
mod comment;
pub mod frame;

/// One change of one entry.
#[derive(Debug)]
pub struct Event {
    /// Stable across redeliveries; Meta itself sends no event id. `entry.time` is the time of sending and not part of it.
    pub external_id: String,
    /// The webhook field: `comments`, `mentions`, …; for direct messages `messaging`.
    pub event_type: String,
    /// The professional account (or Page) that the entry is about.
    pub account_id: String,
    /// Who wrote what this tells of, if anybody did.
    pub author: Author,
    /// The change as Meta wrote it.
    pub payload: Box<RawValue>,
    /// What happened, as far as we act on it.
    pub change: Change,
    /// Why it can't be understood.
    pub problem: Option<&'static str>,
}

/// What an event changes in our tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A comment or reply was written or edited.
    Comment(Comment),
    /// Nothing that we act on.
    None,
}

/// Entries are read one by one: a broken one must not cost its neighbours.
#[derive(Deserialize)]
struct Delivery {
    #[serde(deserialize_with = "lenient::list")]
    entry: Vec<Box<RawValue>>,
}

/// An entry in any of its shapes: `changes`, `messaging`, `standby`, or `field` and `value` on the entry itself.
#[derive(Deserialize)]
struct Entry {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    changes: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "lenient::list")]
    messaging: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "lenient::list")]
    standby: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "lenient::text")]
    field: Option<String>,
    value: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct FieldChange {
    field: String,
    value: Option<Box<RawValue>>,
}

/// The ids by which mentions and story insights are told apart.
#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "lenient::text")]
    media_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    comment_id: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default, deserialize_with = "lenient::text")]
    mid: Option<String>,
    #[serde(default)]
    is_deleted: Value,
}

/// Reads a delivery's body into its events, at least one: what can't be read, or says nothing that is known here, is an
/// event too, so that nothing which was answered is lost.
///
/// # Errors
/// The body as a whole isn't JSON of the documented shape.
pub fn parse(body: &[u8]) -> Result<Vec<Event>, serde_json::Error> {
    let entries = deliveries(body)?.into_iter().flat_map(|delivery| delivery.entry);
    let events: Vec<_> = entries.flat_map(events_of).collect();
    if events.is_empty() { Ok(vec![bare(EMPTY, "", serde_json::from_slice(body)?)]) } else { Ok(events) }
}

/// Deliveries are an object; Meta's documentation wraps them in a list.
fn deliveries(body: &[u8]) -> Result<Vec<Delivery>, serde_json::Error> {
    if body.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(body)
    } else {
        lenient::object(body).map(|delivery| vec![delivery])
    }
}

fn events_of(raw: Box<RawValue>) -> Vec<Event> {
    let Ok(entry) = lenient::object::<Entry>(raw.get().as_bytes()) else {
        return vec![malformed(MALFORMED_ENTRY, "", raw)];
    };
    let account = entry.id.unwrap_or_default();
    let flat = entry.field.map(|field| flat_change(&field, entry.value));
    let changes = entry.changes.into_iter().chain(flat).map(|change| change_event(&account, change));
    let messages = entry.messaging.into_iter().map(|item| message_event(MESSAGING, &account, item));
    let standby = entry.standby.into_iter().map(|item| message_event(STANDBY, &account, item));
    let events: Vec<_> = changes.chain(messages).chain(standby).collect();
    if events.is_empty() { vec![bare(UNKNOWN, &account, raw)] } else { events }
}

/// The shape of Meta's Instagram Login examples, brought into the shape of the others.
fn flat_change(field: &str, value: Option<Box<RawValue>>) -> Box<RawValue> {
    let value = value.map_or_else(|| "null".to_owned(), |value| value.get().to_owned());
    let change = format!(r#"{{"field":{},"value":{value}}}"#, Value::from(field));
    RawValue::from_string(change.clone()).unwrap_or_else(|_| unreachable!("two JSON texts in an object: {change}"))
}

/// Reads one change that was stored on its own.
///
/// # Errors
/// It isn't JSON.
pub fn parse_change(account: &str, change: &[u8]) -> Result<Event, serde_json::Error> {
    Ok(change_event(account, serde_json::from_slice(change)?))
}

/// One item of `changes`: `{ field, value }`.
fn change_event(account: &str, payload: Box<RawValue>) -> Event {
    let Ok(change) = lenient::object::<FieldChange>(payload.get().as_bytes()) else {
        return malformed(MALFORMED_CHANGE, account, payload);
    };
    let (field, value) = (change.field.as_str(), change.value.as_deref().map_or("null", RawValue::get));
    let author = Author::of_change(value);
    let event = match field {
        "comments" | "live_comments" => comment_event(field, account, payload, value),
        "mentions" => named_event(field, account, payload, value, |named| {
            Some(vec![named.media_id?, named.comment_id.unwrap_or_else(|| "caption".to_owned())])
        }),
        "story_insights" => named_event(field, account, payload, value, |named| Some(vec![named.media_id?])),
        _ => event(field, account, payload, &[&event_id::canonical(value)], Change::None),
    };
    Event { author, ..event }
}

/// One item of `messaging` or `standby`, named by its message; what belongs to no message, by all that it says.
fn message_event(list: &str, account: &str, payload: Box<RawValue>) -> Event {
    let item = lenient::object::<BTreeMap<String, Box<RawValue>>>(payload.get().as_bytes()).unwrap_or_default();
    let kind = item.keys().find(|key| !matches!(key.as_str(), "sender" | "recipient" | "timestamp"));
    let message = kind.and_then(|kind| lenient::object::<Message>(item[kind].get().as_bytes()).ok());
    let id = match (kind.map(String::as_str), message) {
        // Taking a message back names the same message, and is another event.
        (Some("message"), Some(Message { mid: Some(mid), is_deleted })) => {
            let what = if is_deleted == true { "message_deleted" } else { "message" };
            vec![what.to_owned(), mid]
        }
        _ => vec![event_id::canonical(payload.get())],
    };
    let author = Author::of_message(&payload);
    let event = event(list, account, payload, &id.iter().map(String::as_str).collect::<Vec<_>>(), Change::None);
    Event { author, ..event }
}

/// A comment's text belongs to its name: an edited one is another event.
fn comment_event(field: &str, account: &str, payload: Box<RawValue>, value: &str) -> Event {
    let Some(comment) = Comment::read(value) else {
        let event = event(field, account, payload, &[&event_id::canonical(value)], Change::None);
        return Event { problem: Some("the comment has no id, or no media"), ..event };
    };
    let text = comment.text.clone().unwrap_or_default();
    event(field, account, payload, &[&comment.id.clone(), &text], Change::Comment(comment))
}

/// An event named by ids in its value; by all that it says where they are missing.
fn named_event(
    field: &str,
    account: &str,
    payload: Box<RawValue>,
    value: &str,
    name: impl FnOnce(Named) -> Option<Vec<String>>,
) -> Event {
    let named = lenient::object::<Named>(value.as_bytes()).ok().and_then(name);
    let name = named.unwrap_or_else(|| vec![event_id::canonical(value)]);
    event(field, account, payload, &name.iter().map(String::as_str).collect::<Vec<_>>(), Change::None)
}

fn malformed(event_type: &str, account: &str, payload: Box<RawValue>) -> Event {
    Event { problem: Some("not of the documented shape"), ..bare(event_type, account, payload) }
}

/// Without any of the lists that are known here, such as an entry with `changed_fields`.
fn bare(event_type: &str, account: &str, payload: Box<RawValue>) -> Event {
    let name = event_id::canonical(payload.get());
    event(event_type, account, payload, &[&name], Change::None)
}

fn event(event_type: &str, account: &str, payload: Box<RawValue>, name: &[&str], change: Change) -> Event {
    Event {
        external_id: event_id::of(&[&[event_type, account], name].concat()),
        event_type: event_type.to_owned(),
        account_id: account.to_owned(),
        author: Author::default(),
        payload,
        change,
        problem: None,
    }
}

#[cfg(test)]
mod tests;
