//! Array parameters for set-based statements, and text as PostgreSQL can hold it.

use serde_json::Value;

/// One member of each item, as an array parameter.
pub(super) fn column<'a, T, C>(items: &'a [T], member: impl Fn(&'a T) -> C) -> Vec<C> {
    items.iter().map(member).collect()
}

/// Text for a column: PostgreSQL's text has no U+0000.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// As [`storable`], where there is text.
pub(super) fn optional(text: Option<&str>) -> Option<String> {
    text.map(storable)
}

/// As [`storable`], for all text within JSON: JSONB has no U+0000 either.
pub(super) fn storable_json(value: &Value) -> Value {
    match value {
        Value::String(text) => storable(text).into(),
        Value::Array(items) => items.iter().map(storable_json).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (storable(name), storable_json(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// As [`storable`], cut to what a column of `max` characters can hold: for words that only people read.
pub(super) fn clipped(text: &str, max: usize) -> String {
    storable(text).chars().take(max).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_that_postgresql_has_no_room_for_is_replaced_however_deep_it_lies() {
        let json = json!({ "a\0": ["b\0", { "c": "\0d" }], "e": 1, "f": null });
        assert_eq!(
            storable_json(&json),
            json!({ "a\u{fffd}": ["b\u{fffd}", { "c": "\u{fffd}d" }], "e": 1, "f": null })
        );
        assert_eq!(clipped("ab\0d", 3), "ab\u{fffd}");
    }
}
