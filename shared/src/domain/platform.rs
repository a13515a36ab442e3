//! The platforms. A third one is a variant here, and a list of compile errors.

use std::{fmt, str::FromStr};

/// A platform that accounts are connected on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// TikTok.
    TikTok,
    /// Instagram, through Meta.
    Instagram,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::TikTok, Self::Instagram];

    /// The name in paths, tables and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TikTok => "tiktok",
            Self::Instagram => "instagram",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no platform that we serve.
#[derive(Debug, thiserror::Error)]
#[error("no such platform")]
pub struct UnknownPlatform;

impl FromStr for Platform {
    type Err = UnknownPlatform;

    fn from_str(name: &str) -> Result<Self, UnknownPlatform> {
        Self::ALL.into_iter().find(|platform| platform.as_str() == name).ok_or(UnknownPlatform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_is_found_by_its_name_and_nothing_else_is() {
        for platform in Platform::ALL {
            assert_eq!(platform.as_str().parse::<Platform>().ok(), Some(platform));
        }
        for other in ["", "TikTok", "facebook", "tiktok "] {
            assert!(other.parse::<Platform>().is_err(), "{other:?}");
        }
    }
}
