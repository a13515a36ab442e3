//! Files that people want to publish.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What kind of file it is: those that at least one platform takes. No platform takes PNG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    /// MPEG-4.
    #[serde(rename = "video/mp4")]
    Mp4,
    /// QuickTime.
    #[serde(rename = "video/quicktime")]
    Mov,
    /// WebM.
    #[serde(rename = "video/webm")]
    WebM,
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// WebP.
    #[serde(rename = "image/webp")]
    WebP,
}

impl MediaType {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Mp4, Self::Mov, Self::WebM, Self::Jpeg, Self::WebP];

    /// How old a file becomes at most: then the bucket's lifecycle deletes it, whatever its row says. Whoever schedules a
    /// post keeps well within it, with some days to spare for one that is held.
    pub const LONGEST_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

    /// How old a file may become for a post that needs it: a day less, since the lifecycle counts in days.
    pub const LONGEST_NEEDED: Duration = Self::LONGEST_KEPT.saturating_sub(Duration::from_hours(24));

    /// `Content-Type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::WebM => "video/webm",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    /// The kind that a `Content-Type` names, in whatever case; `None` for what no platform takes.
    pub fn parse(content_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| content_type.eq_ignore_ascii_case(known.as_str()))
    }

    /// Whether it's a video; otherwise it's a picture.
    pub const fn is_video(self) -> bool {
        matches!(self, Self::Mp4 | Self::Mov | Self::WebM)
    }

    /// The most bytes that any platform takes: both limits are TikTok's, and decimal, which satisfies either reading.
    pub const fn max_size(self) -> u64 {
        if self.is_video() { 4_000_000_000 } else { 20_000_000 }
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaStatus {
    /// It was announced. Whether it's there is seen when it's used.
    Pending,
    /// It was there, and what was promised.
    Stored,
    /// It was deleted.
    Deleted,
}

#[cfg(test)]
mod tests {
    use platforms::tiktok::publish::chunks::MAX_FILE;

    use super::*;

    #[test]
    fn the_word_is_the_one_that_serde_writes() {
        for media_type in MediaType::ALL {
            assert_eq!(serde_json::to_value(media_type).unwrap(), media_type.as_str());
        }
    }

    #[test]
    fn a_kind_is_found_by_its_content_type_only() {
        assert_eq!(MediaType::parse("Image/JPEG"), Some(MediaType::Jpeg));
        for other in ["image/png", "image/jpeg; charset=utf-8", "video/*", "text/html", ""] {
            assert_eq!(MediaType::parse(other), None, "{other}");
        }
    }

    #[test]
    fn every_video_that_tiktok_takes_is_taken() {
        assert_eq!(MediaType::Mp4.max_size(), MAX_FILE);
    }
}
