//! Stable names for events that have none.
//!
//! Neither platform sends an event id, and both redeliver. The id is made from what the event says, never from its
//! delivery, so a redelivery gets the same one. A clock's second is too coarse to tell two events apart on its own.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::value::RawValue;

use crate::signature::hex;

/// How deep JSON is brought into order; what lies deeper is taken as it was written.
const MAX_DEPTH: usize = 64;

/// Hexadecimal SHA-256 over the parts, each preceded by its length so that no two lists of parts read the same.
pub(crate) fn of(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(&format!("{}:{part}|", part.len()));
    }
    of_bytes(text.as_bytes())
}

/// Hexadecimal SHA-256 of raw bytes, for a delivery that can't be read as events.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// The same text for the same JSON, whatever its white space, key order or escapes were on the wire. Numbers stay as
/// they were written, since two large ones may be the same as floating-point numbers.
pub(crate) fn canonical(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    write(json.trim(), MAX_DEPTH, &mut text);
    text
}

fn write(json: &str, depth: usize, text: &mut String) {
    let written = match json.as_bytes().first() {
        Some(b'{') if depth > 0 => write_object(json, depth, text),
        Some(b'[') if depth > 0 => write_list(json, depth, text),
        Some(b'"') => serde_json::from_str::<String>(json).map(|plain| text.push_str(&format!("{plain:?}"))),
        _ => {
            text.push_str(json);
            Ok(())
        }
    };
    if written.is_err() {
        text.push_str(json);
    }
}

fn write_object(json: &str, depth: usize, text: &mut String) -> Result<(), serde_json::Error> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
    text.push('{');
    for (name, value) in members {
        text.push_str(&format!("{name:?}:"));
        write(value.get(), depth - 1, text);
        text.push(',');
    }
    text.push('}');
    Ok(())
}

fn write_list(json: &str, depth: usize, text: &mut String) -> Result<(), serde_json::Error> {
    let items: Vec<&RawValue> = serde_json::from_str(json)?;
    text.push('[');
    for item in items {
        write(item.get(), depth - 1, text);
        text.push(',');
    }
    text.push(']');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_can_t_be_shifted_into_one_another() {
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a", ""]), of(&["a"]));
    }

    #[test]
    fn the_same_json_has_one_canonical_text() {
        assert_eq!(canonical(r#"{"b": [1, 2], "a": "\u00e9"}"#), canonical(r#" {"a":"é","b":[1,2]}"#));
        assert_eq!(canonical(r#"{"a":1,"a":2}"#), canonical(r#"{"a":2}"#));
    }

    #[test]
    fn json_that_says_something_else_has_another_text() {
        let texts = ["1", "\"1\"", "[1]", "[1,2]", "[12]", "{\"a\":1}", "{\"a\":[1]}", "null", "\"a\\\"\"", "\"a\""];
        let distinct: std::collections::BTreeSet<_> = texts.iter().map(|text| canonical(text)).collect();
        assert_eq!(distinct.len(), texts.len());
        assert_ne!(canonical("100000000000000000001"), canonical("100000000000000000002"));
    }

    #[test]
    fn depth_and_broken_json_are_no_danger() {
        let deep = "[".repeat(100_000);
        assert!(!canonical(&deep).is_empty());
        assert!(!canonical("{").is_empty());
    }
}
