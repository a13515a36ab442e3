//! Reads what the platforms type now one way and now another.

use serde::{Deserialize, Deserializer, de::Error as _};

/// Reads a JSON object. Serde alone would take a list for one, member by member.
pub(crate) fn object<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, serde_json::Error> {
    if json.trim_ascii_start().starts_with(b"{") {
        serde_json::from_slice(json)
    } else {
        Err(serde_json::Error::custom("expected an object"))
    }
}

/// A JSON string or number, kept as text: ids of 19 digits don't survive a floating-point number.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Scalar {
        Text(String),
        Number(serde_json::Number),
    }
    Ok(Option::<Scalar>::deserialize(deserializer)?.map(|scalar| match scalar {
        Scalar::Text(text) => text,
        Scalar::Number(number) => number.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    #[derive(serde::Deserialize)]
    struct Sample {
        #[serde(default, deserialize_with = "super::text")]
        id: Option<String>,
    }

    #[test]
    fn numbers_strings_null_and_absence_are_read() {
        let id = |json| serde_json::from_str::<Sample>(json).unwrap().id;
        assert_eq!(id(r#"{"id":7600000000000000123}"#).as_deref(), Some("7600000000000000123"));
        assert_eq!(id(r#"{"id":"7600000000000000123"}"#).as_deref(), Some("7600000000000000123"));
        assert_eq!(id(r#"{"id":null}"#), None);
        assert_eq!(id("{}"), None);
    }
}
