//! Reads what the platforms type now one way and now another, and what isn't quite JSON.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Reads a JSON object. Serde alone would take a list for one, member by member.
pub(crate) fn object<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, serde_json::Error> {
    if json.trim_ascii_start().starts_with(b"{") {
        serde_json::from_slice(json)
    } else {
        Err(serde_json::Error::custom("expected an object"))
    }
}

/// A JSON object's members as they were written: in their order, and each that is repeated as often as it is.
pub(crate) fn members(json: &str) -> Result<Vec<(String, &RawValue)>, serde_json::Error> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    serde_json::Deserializer::from_str(json).deserialize_map(Members)
}

/// A JSON string or number, kept as text: ids of 19 digits don't survive a floating-point number. Anything else is
/// nothing.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Box<RawValue>>::deserialize(deserializer)?.and_then(|raw| scalar(&raw)))
}

/// A list of such texts, or one of them alone. What is neither, and what is empty, is left out.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let Some(raw) = Option::<Box<RawValue>>::deserialize(deserializer)? else { return Ok(Vec::new()) };
    let items: Vec<Box<RawValue>> = serde_json::from_str(raw.get()).unwrap_or_else(|_| vec![raw]);
    Ok(items.iter().filter_map(|item| scalar(item)).filter(|text| !text.is_empty()).collect())
}

/// A number that counts something, written as a number or as text. Anything else is nothing.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(text(deserializer)?.and_then(|text| text.parse().ok()))
}

/// Ten years: no token lives as long, and far more would leave the calendar.
const MAX_SECONDS: u64 = 10 * 365 * 24 * 60 * 60;

/// A number of seconds, written as a number or as text. Anything else, none at all, and too many, is nothing.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    Ok(count(deserializer)?.filter(|seconds| (1..=MAX_SECONDS).contains(seconds)).map(Duration::from_secs))
}

/// The words of a list that is separated by commas or spaces.
pub(crate) fn words(list: &str) -> Vec<String> {
    list.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// An object whose mistakes cost only itself.
pub(crate) fn member<'de, D: Deserializer<'de>, T: for<'a> Deserialize<'a>>(d: D) -> Result<Option<T>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(d)?;
    Ok(raw.and_then(|raw| object(raw.get().as_bytes()).ok()))
}

/// A list, or null for an empty one.
pub(crate) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn scalar(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first()? {
        b'"' => Some(string(raw.get())),
        b'-' | b'0'..=b'9' => Some(raw.get().to_owned()),
        _ => None,
    }
}

/// A JSON string's text. Half of a surrogate pair, which no text can hold, becomes U+FFFD and costs nothing else.
fn string(json: &str) -> String {
    serde_json::from_str(json).or_else(|_| serde_json::from_str(&whole_pairs(json))).unwrap_or_default()
}

/// The same JSON with every lone surrogate escape replaced.
fn whole_pairs(json: &str) -> String {
    let (mut whole, mut rest) = (String::with_capacity(json.len()), json);
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                whole.push_str(r"\ufffd");
                rest = &escape[6..];
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => escape.char_indices().nth(2).map_or(escape.len(), |(end, _)| end),
        };
        whole.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    whole + rest
}

/// The UTF-16 unit of an escape such as `\ud83d` at the start of `text`.
fn unit(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix(r"\u")?.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Sample {
        #[serde(default, deserialize_with = "text")]
        id: Option<String>,
        #[serde(default, deserialize_with = "seconds")]
        life: Option<Duration>,
    }

    fn id(json: &str) -> Option<String> {
        serde_json::from_str::<Sample>(&format!(r#"{{"id":{json}}}"#)).unwrap().id
    }

    #[test]
    fn numbers_and_strings_are_read_and_nothing_else() {
        assert_eq!(id("7600000000000000123").as_deref(), Some("7600000000000000123"));
        assert_eq!(id("100000000000000000001").as_deref(), Some("100000000000000000001"));
        assert_eq!(id(r#""7600000000000000123""#).as_deref(), Some("7600000000000000123"));
        for nothing in ["null", "true", "[1]", "{}"] {
            assert_eq!(id(nothing), None, "{nothing}");
        }
        assert_eq!(serde_json::from_str::<Sample>("{}").unwrap().id, None);
    }

    #[test]
    fn a_life_is_up_to_ten_years_and_anything_else_was_not_told() {
        let life = |json: &str| serde_json::from_str::<Sample>(&format!(r#"{{"life":{json}}}"#)).unwrap().life;
        assert_eq!(life("86400"), Some(Duration::from_secs(86_400)));
        assert_eq!(life(r#""5184000""#), Some(Duration::from_secs(5_184_000)));
        for nothing in ["0", "-1", "315360001", "9223372036854775807", "1e30", "null", r#""soon""#] {
            assert_eq!(life(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_lone_surrogate_costs_only_itself() {
        for (json, text) in [
            (r#""caf\u00e9 \ud83d\ude00""#, "café 😀"),
            (r#""a\ud83d b""#, "a\u{fffd} b"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\ud83d\ude00\n\\ud83d""#, "\u{fffd}😀\n\\ud83d"),
            (r#""\"\ud83dé""#, "\"\u{fffd}é"),
        ] {
            assert_eq!(string(json), text, "{json}");
        }
    }
}
