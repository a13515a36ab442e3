//! Files that people want to publish.

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
    fn every_video_that_tiktok_takes_is_taken() {
        assert_eq!(MediaType::Mp4.max_size(), MAX_FILE);
    }
}
