//! What is known of a file that was looked at.

use serde::{Deserialize, Serialize};

use super::probe::{ImageFacts, VideoFacts};

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Facts {
    /// It is a video.
    Video(VideoFacts),
    /// It is a picture.
    Image(ImageFacts),
}
