//! What a caller names a request by, so that it's carried out once however often it is sent.

use std::str::FromStr;

/// The value of an `Idempotency-Key` header: 1 to 255 visible characters of ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// It's none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 1 to 255 visible characters of ASCII")]
pub struct MalformedKey;

impl IdempotencyKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = MalformedKey;

    fn from_str(text: &str) -> Result<Self, MalformedKey> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if visible && (1..=255).contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(MalformedKey) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        for key in ["1", "3f2c7a4e-9d1b-4c58", "\"quoted\"", &"x".repeat(255)] {
            assert_eq!(key.parse::<IdempotencyKey>().unwrap().as_str(), key);
        }
        for other in ["", "two words", "tab\t", "é", "\u{7f}", &"x".repeat(256)] {
            assert_eq!(other.parse::<IdempotencyKey>(), Err(MalformedKey), "{other:?}");
        }
    }
}
