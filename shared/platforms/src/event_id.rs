//! Stable names for events that have none.
//!
//! Neither platform sends an event id, and both redeliver. The id is made from what the event says, never from its
//! delivery, so a redelivery gets the same one. A clock's second is too coarse to tell two events apart on its own.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

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
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same text for the same JSON, whatever its white space, key order or escapes were on the wire.
pub(crate) fn canonical(json: &str) -> String {
    // serde_json's map keeps its keys sorted.
    serde_json::from_str::<Value>(json).map_or_else(|_| json.to_owned(), |value| value.to_string())
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
        assert_eq!(canonical(r#"{"b": 1, "a": "\u00e9"}"#), canonical(r#"{"a":"é","b":1}"#));
        assert_ne!(canonical(r#"{"a":1}"#), canonical(r#"{"a":"1"}"#));
    }
}
