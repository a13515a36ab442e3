//! The id that ties an HTTP request, its queue messages, its rows and all their log lines together.

use std::fmt;

/// A correlation id: 8 to 64 characters of `A-Z a-z 0-9 - _ = .`, so it's safe in headers, logs and SQL.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CorrelationId(String);

impl CorrelationId {
    /// Takes an id that came from outside; `None` when it isn't of our form.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=.".contains(&byte);
        ((8..=64).contains(&text.len()) && text.bytes().all(allowed)).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_plain_text_is_an_id() {
        for good in ["12345678", "JKJaXmPLvHcESHA=", "1-5e-4f.a_b"] {
            assert_eq!(CorrelationId::parse(good).as_ref().map(CorrelationId::as_str), Some(good));
        }
        for bad in ["", "1234567", "with space", "new\nline", "quote\"quote", &"x".repeat(65)] {
            assert_eq!(CorrelationId::parse(bad), None, "{bad:?}");
        }
    }
}
