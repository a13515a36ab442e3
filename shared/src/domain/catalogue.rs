//! The one list of everything that can go wrong.
//!
//! Each entry says what a caller sees (a stable code and an HTTP status), whether to try again, who must act and what
//! a person reads. The codes are the app's to rely on: never rename one.
//!
//! The platforms' words keep their names, so that an entry can be looked up in their documentation. Where a platform's
//! word is already one of ours and means something else there, `platform_` stands before it. Meta has numbers instead
//! of words: rows with the same way out share an entry, named after what happened. The translations are exhaustive, so
//! a platform code without an entry doesn't compile; [`ErrorCode::PlatformRefused`] is for what a platform may invent.

mod instagram;
mod platform;
mod table;
#[cfg(test)]
mod tests;
mod tiktok;

use std::fmt;

use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub use table::ErrorCode;

/// What there is to know about one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The stable word for it, in snake_case.
    pub code: &'static str,
    /// The status of an answer that fails with it. A post that failed later keeps the code only.
    pub status: StatusCode,
    /// Whether the same request may succeed later with nothing changed. Of a post only where it's certain that it isn't
    /// out; before that, whatever the platform said, its code is `outcome_unknown`.
    pub retryable: bool,
    /// Who must act.
    pub actor: Actor,
    /// What a person reads: what happened and what to do next.
    pub user_message: &'static str,
}

/// Who must act for an error to go away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Whoever connects accounts and writes posts.
    Person,
    /// The application that calls us: its request is wrong.
    Caller,
    /// Whoever owns our registration with the platform: its permissions, domains, audits and limits.
    AppOwner,
    /// Whoever runs this deployment: its configuration, secrets and bugs.
    Operator,
    /// The platform. Waiting is all that helps.
    Platform,
    /// No one. It passes, or it's settled.
    Nobody,
}

impl ErrorCode {
    /// The stable word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.entry().code
    }

    /// The status of an answer that fails with it.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.entry().status
    }

    /// Whether the same request may succeed later with nothing changed.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        self.entry().retryable
    }

    /// Who must act.
    #[must_use]
    pub const fn actor(self) -> Actor {
        self.entry().actor
    }

    /// What a person reads.
    #[must_use]
    pub const fn user_message(self) -> &'static str {
        self.entry().user_message
    }

    /// Finds a code by its word, as a row or an answer has it.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == code)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::find(&word).ok_or_else(|| D::Error::custom("a code that isn't known"))
    }
}
