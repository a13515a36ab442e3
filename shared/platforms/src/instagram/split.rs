//! Cuts a delivery that is too large for one message into several, by entry and where that isn't enough by change.
//!
//! Meta puts up to 1,000 updates into one delivery. Every change stays as it was written, byte for byte.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::lenient;

#[derive(Deserialize)]
struct Delivery<'a> {
    #[serde(borrow)]
    entry: Vec<&'a RawValue>,
}

const HEAD: &str = r#"{"object":"instagram","entry":["#;
const TAIL: &str = "]}";

/// Bodies of at most `max` bytes that together say what `body` says. `None` when it can't be cut so: it isn't of the
/// documented shape, or one change alone is larger.
pub fn split(body: &[u8], max: usize) -> Option<Vec<Vec<u8>>> {
    let room = max.checked_sub(HEAD.len() + TAIL.len())?;
    let mut pieces = Vec::new();
    for entry in entries(body)? {
        if entry.get().len() <= room {
            pieces.push(entry.get().to_owned());
        } else {
            pieces.extend(items(entry, room)?);
        }
    }
    if pieces.is_empty() {
        return None;
    }
    Some(packed(pieces, room).into_iter().map(|entries| format!("{HEAD}{entries}{TAIL}").into_bytes()).collect())
}

/// Deliveries are an object; Meta's documentation wraps them in a list.
fn entries(body: &[u8]) -> Option<Vec<&RawValue>> {
    if body.trim_ascii_start().starts_with(b"[") {
        let deliveries: Vec<Delivery<'_>> = serde_json::from_slice(body).ok()?;
        return Some(deliveries.into_iter().flat_map(|delivery| delivery.entry).collect());
    }
    lenient::object::<Delivery<'_>>(body).ok().map(|delivery| delivery.entry)
}

/// Entries with the items of one that is too large. Whatever else it has goes with each of them.
fn items(entry: &RawValue, room: usize) -> Option<Vec<String>> {
    let mut members: BTreeMap<String, &RawValue> = lenient::object(entry.get().as_bytes()).ok()?;
    let lists = ["changes", "messaging"].map(|name| (name, members.remove(name)));
    let head: String =
        members.iter().map(|(name, value)| format!("{}:{},", Value::from(name.as_str()), value.get())).collect();
    let mut pieces = Vec::new();
    for (name, list) in lists {
        let frame = head.len() + name.len() + "{\"\":[]}".len();
        let room = room.checked_sub(frame)?;
        let items: Vec<&RawValue> = list.map_or(Ok(Vec::new()), |list| serde_json::from_str(list.get())).ok()?;
        if items.iter().any(|item| item.get().len() > room) {
            return None;
        }
        let items = packed(items.into_iter().map(|item| item.get().to_owned()).collect(), room);
        pieces.extend(items.into_iter().map(|items| format!("{{{head}\"{name}\":[{items}]}}")));
    }
    (!pieces.is_empty()).then_some(pieces)
}

/// Joins pieces with commas into as few texts of at most `room` bytes as their order allows.
fn packed(pieces: Vec<String>, room: usize) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for piece in pieces {
        match texts.last_mut().filter(|text| text.len() + 1 + piece.len() <= room) {
            Some(text) => {
                text.push(',');
                text.push_str(&piece);
            }
            None => texts.push(piece),
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instagram::webhook::parse;

    fn change(number: usize) -> String {
        let text = "x".repeat(number % 40);
        format!(
            r#"{{"field":"comments","value":{{"id":"{number}","text":"caf\u00e9 {text}","media":{{"id":"{number}"}}}}}}"#
        )
    }

    fn body(entries: usize, changes: usize) -> String {
        let entry = |entry: usize| {
            let changes: Vec<_> = (0..changes).map(|number| change(entry * changes + number)).collect();
            format!(r#"{{"id":"{entry}","time":1,"changes":[{}]}}"#, changes.join(","))
        };
        let entries: Vec<_> = (0..entries).map(entry).collect();
        format!(r#"{{"object":"instagram","entry":[{}]}}"#, entries.join(","))
    }

    fn ids(body: &[u8]) -> Vec<String> {
        parse(body).unwrap().into_iter().map(|event| event.external_id).collect()
    }

    #[test]
    fn the_parts_say_what_the_whole_says_and_each_fits() {
        for (entries, changes) in [(1, 1), (1, 50), (50, 1), (7, 7)] {
            let whole = body(entries, changes);
            for max in [300, 500, 1000, whole.len(), usize::MAX] {
                let parts = split(whole.as_bytes(), max).unwrap();
                assert!(parts.iter().all(|part| part.len() <= max), "{entries} {changes} {max}");
                let said: Vec<_> = parts.iter().flat_map(|part| ids(part)).collect();
                assert_eq!(said, ids(whole.as_bytes()), "{entries} {changes} {max}");
            }
        }
    }

    #[test]
    fn a_body_that_fits_stays_whole() {
        let whole = body(3, 3);
        assert_eq!(split(whole.as_bytes(), whole.len()).unwrap(), [whole.into_bytes()]);
    }

    #[test]
    fn messages_are_dealt_out_as_well() {
        let item = |number: usize| format!(r#"{{"message":{{"mid":"{number}"}}}}"#);
        let items: Vec<_> = (0..30).map(item).collect();
        let whole = format!(r#"[{{"entry":[{{"id":"1","messaging":[{}]}}]}}]"#, items.join(","));
        let parts = split(whole.as_bytes(), 200).unwrap();
        assert!(parts.len() > 1);
        assert_eq!(parts.iter().flat_map(|part| ids(part)).collect::<Vec<_>>(), ids(whole.as_bytes()));
    }

    #[test]
    fn what_else_an_entry_has_is_not_lost() {
        let flat = r#""field":"comments","value":{"id":"f","media":{"id":"m"}}"#;
        let whole = body(1, 50).replace(r#""time":1"#, &format!(r#""time":1,{flat}"#));
        let parts = split(whole.as_bytes(), 1000).unwrap();
        let said: std::collections::BTreeSet<_> = parts.iter().flat_map(|part| ids(part)).collect();
        assert_eq!(said, ids(whole.as_bytes()).into_iter().collect());
    }

    #[test]
    fn what_cannot_be_cut_is_left_to_the_caller() {
        let one = body(1, 1);
        assert_eq!(split(one.as_bytes(), one.len() - 1), None);
        for other in ["", "7", "{}", r#"{"entry":7}"#, r#"{"entry":[]}"#] {
            assert_eq!(split(other.as_bytes(), 1000), None, "{other}");
        }
    }
}
