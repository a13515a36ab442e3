//! Meta's webhook body: entries, each with changes, each of them one event.
//!
//! developers.facebook.com, Instagram platform: webhooks and their examples.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{event_id, lenient};

/// One change of one entry.
#[derive(Debug)]
pub struct Event {
    /// Stable across redeliveries; Meta itself sends no event id. `entry.time` is the time of sending and not part of it.
    pub external_id: String,
    /// The webhook field: `comments`, `mentions`, …; for direct messages `messaging`.
    pub event_type: String,
    /// The professional account (or Page) that the entry is about.
    pub account_id: String,
    /// The change as Meta wrote it.
    pub payload: Box<RawValue>,
    /// What happened, as far as we act on it.
    pub change: Change,
}

/// What an event changes in our tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A comment or reply was written or edited.
    Comment(Comment),
    /// Nothing that we act on.
    None,
}

/// A comment as a webhook tells it: without a time, which Meta doesn't send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The comment's id.
    pub id: String,
    /// The media that it stands under.
    pub media_id: String,
    /// For a reply, the comment that it answers.
    pub parent_id: Option<String>,
    /// Who wrote it: an id for our app, which doesn't change.
    pub from_id: Option<String>,
    /// Who wrote it: the name. Needs a permission, so it may be missing.
    pub username: Option<String>,
    /// What it says; missing for a comment of media alone.
    pub text: Option<String>,
}

#[derive(Deserialize)]
struct Delivery {
    entry: Vec<Entry>,
}

/// An entry in any of its three shapes: `changes`, `messaging`, or `field` and `value` on the entry itself.
#[derive(Deserialize)]
struct Entry {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default)]
    changes: Vec<Box<RawValue>>,
    #[serde(default)]
    messaging: Vec<Box<RawValue>>,
    field: Option<String>,
    value: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct FieldChange {
    field: String,
    value: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct CommentValue {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    comment_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    parent_id: Option<String>,
    text: Option<String>,
    from: Option<From>,
    media: Option<Media>,
}

#[derive(Default, Deserialize)]
struct From {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    username: Option<String>,
}

#[derive(Deserialize)]
struct Media {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
}

/// Reads a delivery's body into its events. A change that can't be read doesn't cost its neighbours: it becomes an
/// event of type `malformed`.
///
/// # Errors
/// The body as a whole isn't JSON of the documented shape.
pub fn parse(body: &[u8]) -> Result<Vec<Event>, serde_json::Error> {
    Ok(deliveries(body)?.into_iter().flat_map(|delivery| delivery.entry).flat_map(events_of).collect())
}

/// Deliveries are an object; Meta's documentation wraps them in a list.
fn deliveries(body: &[u8]) -> Result<Vec<Delivery>, serde_json::Error> {
    if body.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(body)
    } else {
        lenient::object(body).map(|delivery| vec![delivery])
    }
}

fn events_of(entry: Entry) -> Vec<Event> {
    let account = entry.id.unwrap_or_default();
    let flat = entry.field.map(|field| flat_change(&field, entry.value));
    let changes = entry.changes.into_iter().chain(flat).map(|change| field_event(&account, change));
    let messages = entry.messaging.into_iter().map(|item| plain_event("messaging", &account, item));
    changes.chain(messages).collect()
}

/// The shape of Meta's Instagram Login examples, brought into the shape of the others.
fn flat_change(field: &str, value: Option<Box<RawValue>>) -> Box<RawValue> {
    let value = value.map_or_else(|| "null".to_owned(), |value| value.get().to_owned());
    let change = format!(r#"{{"field":{},"value":{value}}}"#, serde_json::Value::from(field));
    RawValue::from_string(change.clone()).unwrap_or_else(|_| unreachable!("two JSON texts in an object: {change}"))
}

fn field_event(account: &str, payload: Box<RawValue>) -> Event {
    let Ok(change) = lenient::object::<FieldChange>(payload.get().as_bytes()) else {
        return plain_event("malformed", account, payload);
    };
    match (change.field.as_str(), change.value.as_deref().and_then(comment)) {
        ("comments" | "live_comments", Some(comment)) => Event {
            external_id: event_id::of(&[&change.field, &comment.id, comment.text.as_deref().unwrap_or_default()]),
            event_type: change.field,
            account_id: account.to_owned(),
            payload,
            change: Change::Comment(comment),
        },
        _ => plain_event(&change.field, account, payload),
    }
}

fn plain_event(event_type: &str, account: &str, payload: Box<RawValue>) -> Event {
    Event {
        external_id: event_id::of(&[event_type, account, &event_id::canonical(payload.get())]),
        event_type: event_type.to_owned(),
        account_id: account.to_owned(),
        payload,
        change: Change::None,
    }
}

/// `id` in the field reference, `comment_id` in the Facebook Login sample: whichever is there.
fn comment(value: &RawValue) -> Option<Comment> {
    let value: CommentValue = lenient::object(value.get().as_bytes()).ok()?;
    let from = value.from.unwrap_or_default();
    Some(Comment {
        id: value.id.or(value.comment_id)?,
        media_id: value.media?.id?,
        parent_id: value.parent_id,
        from_id: from.id,
        username: from.username,
        text: value.text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMENT: &str = r#"{"id":"17900000000000001","from":{"id":"990000000000001","username":"ada"},"text":"hello","media":{"id":"17800000000000001","media_product_type":"FEED"}}"#;

    fn delivery(time: u64, values: &[&str]) -> String {
        let changes: Vec<_> = values.iter().map(|value| format!(r#"{{"field":"comments","value":{value}}}"#)).collect();
        let changes = changes.join(",");
        format!(
            r#"{{"object":"instagram","entry":[{{"id":"17841400000000001","time":{time},"changes":[{changes}]}}]}}"#
        )
    }

    fn read(body: &str) -> Vec<Event> {
        parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_comment_is_read() {
        let event = read(&delivery(1, &[COMMENT])).pop().unwrap();
        assert_eq!((event.event_type.as_str(), event.account_id.as_str()), ("comments", "17841400000000001"));
        let Change::Comment(comment) = event.change else { panic!("{event:?}") };
        assert_eq!((comment.id.as_str(), comment.media_id.as_str()), ("17900000000000001", "17800000000000001"));
        assert_eq!((comment.username.as_deref(), comment.text.as_deref()), (Some("ada"), Some("hello")));
    }

    #[test]
    fn all_three_shapes_and_the_documented_list_are_read() {
        let flat = format!(r#"{{"entry":[{{"id":"1","field":"comments","value":{COMMENT}}}]}}"#);
        let listed = format!("[{}]", delivery(1, &[COMMENT]));
        let by_comment_id = delivery(1, &[&COMMENT.replacen("\"id\"", "\"comment_id\"", 1)]);
        for body in [flat, listed, by_comment_id] {
            assert!(matches!(read(&body)[0].change, Change::Comment(_)), "{body}");
        }
        let messages = read(r#"{"entry":[{"id":"1","messaging":[{"message":{"mid":"m"}}]}]}"#);
        assert_eq!(messages[0].event_type, "messaging");
    }

    #[test]
    fn a_redelivery_in_another_batch_has_the_same_ids() {
        let reply = COMMENT.replacen("001", "002", 1);
        let first = read(&delivery(1, &[COMMENT, &reply]));
        let again = read(&delivery(2, &[COMMENT]));
        assert_eq!(first[0].external_id, again[0].external_id);
        assert_ne!(first[0].external_id, first[1].external_id);
    }

    #[test]
    fn an_edited_comment_is_another_event() {
        let edited = COMMENT.replace("hello", "hello!");
        let events = read(&delivery(1, &[COMMENT, &edited]));
        assert_ne!(events[0].external_id, events[1].external_id);
    }

    #[test]
    fn one_malformed_change_does_not_cost_its_neighbours() {
        let body = format!(r#"{{"entry":[{{"id":"1","changes":[7,{{"field":"comments","value":{COMMENT}}},{{}}]}}]}}"#);
        let types: Vec<_> = read(&body).into_iter().map(|event| event.event_type).collect();
        assert_eq!(types, ["malformed", "comments", "malformed"]);
    }

    #[test]
    fn what_is_no_delivery_is_refused() {
        for body in ["", "{}", "7", "null", r#"{"entry":7}"#, r#"{"entry":[{"changes":7}]}"#] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
