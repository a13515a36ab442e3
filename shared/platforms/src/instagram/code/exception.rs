//! Exceptions that Meta names instead of numbering.

use std::fmt;

/// What the names of the Instagram API's coded exceptions begin with.
const PREFIX: &str = "INSTAGRAM_PLATFORM_API__";

/// The name of an exception.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExceptionName {
    /// The `location_id` isn't a Page with a place. developers.facebook.com, IG User: media.
    InvalidLocationId,
    /// A resumable upload was refused; `debug_info.retriable` says whether to send it again. Content publishing guide.
    ProcessingFailed,
    /// A name that isn't known here, as it came.
    Other(Box<str>),
}

impl ExceptionName {
    /// Every known name.
    pub const KNOWN: &'static [Self] = &[Self::InvalidLocationId, Self::ProcessingFailed];

    /// The name as Meta spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::InvalidLocationId => "INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID",
            Self::ProcessingFailed => "ProcessingFailedError",
            Self::Other(name) => name,
        }
    }

    /// The coded exception that a text mentions. The documentation doesn't say which member of the error carries it.
    #[must_use]
    pub fn find_in(text: &str) -> Option<Self> {
        let name = &text[text.find(PREFIX)?..];
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
        Some(Self::from(&name[..end]))
    }
}

impl From<&str> for ExceptionName {
    fn from(name: &str) -> Self {
        let known = Self::KNOWN.iter().find(|known| known.as_str() == name);
        known.cloned().unwrap_or_else(|| Self::Other(name.into()))
    }
}

impl fmt::Display for ExceptionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_name_is_known() {
        let location = ExceptionName::from("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID");
        assert_eq!(location, ExceptionName::InvalidLocationId);
        assert_eq!(ExceptionName::from("ProcessingFailedError"), ExceptionName::ProcessingFailed);
        assert_eq!(ExceptionName::from("NewError").to_string(), "NewError");
    }

    #[test]
    fn a_name_is_found_within_a_message() {
        let found = ExceptionName::find_in("(#100) INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID: é");
        assert_eq!(found, Some(ExceptionName::InvalidLocationId));
        let unknown = ExceptionName::find_in("see INSTAGRAM_PLATFORM_API__NEW.");
        assert_eq!(unknown, Some(ExceptionName::Other("INSTAGRAM_PLATFORM_API__NEW".into())));
        assert_eq!(ExceptionName::find_in("Invalid parameter"), None);
    }
}
