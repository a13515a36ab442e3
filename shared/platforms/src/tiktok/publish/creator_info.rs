//! What a creator may post right now. Asked before every direct post.
//!
//! developers.tiktok.com, Content Posting API: query creator info.

use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;

use super::post::PrivacyLevel;
use crate::{error::PlatformError, lenient, secret::AccessToken, tiktok::api::Api};

/// Who will post, and within which bounds. The names must be shown to the person before anything is sent. It's written as
/// TikTok writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatorInfo {
    /// A link that expires after two hours.
    #[serde(default, deserialize_with = "lenient::text")]
    pub creator_avatar_url: Option<String>,
    /// The @handle.
    #[serde(default, deserialize_with = "lenient::text")]
    pub creator_username: Option<String>,
    /// The name that is shown.
    #[serde(default, deserialize_with = "lenient::text")]
    pub creator_nickname: Option<String>,
    /// What may be chosen; nothing else is accepted.
    #[serde(default, deserialize_with = "lenient::list")]
    pub privacy_level_options: Vec<PrivacyLevel>,
    /// The creator allows no comments.
    #[serde(default)]
    pub comment_disabled: bool,
    /// The creator allows no duets, as private accounts don't.
    #[serde(default)]
    pub duet_disabled: bool,
    /// The creator allows no stitches, as private accounts don't.
    #[serde(default)]
    pub stitch_disabled: bool,
    /// The longest video that the creator may post.
    #[serde(
        default,
        rename = "max_video_post_duration_sec",
        deserialize_with = "lenient::seconds",
        serialize_with = "seconds"
    )]
    pub max_video_post_duration: Option<Duration>,
}

/// Whether a video is longer than may be posted. TikTok's limits are whole seconds, and a sound that ends a moment after the
/// pictures is none of theirs.
pub fn is_longer(duration: Duration, longest: Duration) -> bool {
    duration.as_secs() > longest.as_secs()
}

fn seconds<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    duration.map(|duration| duration.as_secs()).serialize(serializer)
}

impl Api {
    /// What the account may post right now. A limit that is reached, or a ban, is a refusal although TikTok answers 200.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn creator_info(&self, token: &AccessToken) -> Result<CreatorInfo, PlatformError> {
        self.ask("/v2/post/publish/creator_info/query/", &json!({}), token).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_told_is_read_and_new_levels_are_kept() {
        let info: CreatorInfo = serde_json::from_str(
            r#"{"creator_avatar_url":"https://x","creator_username":"ada","creator_nickname":"Ada","comment_disabled":true,
                "privacy_level_options":["PUBLIC_TO_EVERYONE","NEW"],"duet_disabled":false,"stitch_disabled":true,
                "max_video_post_duration_sec":600,"new":1}"#,
        )
        .unwrap();
        assert_eq!(info.privacy_level_options, [PrivacyLevel::PublicToEveryone, PrivacyLevel::Other("NEW".into())]);
        assert_eq!((info.comment_disabled, info.duet_disabled, info.stitch_disabled), (true, false, true));
        assert_eq!(info.max_video_post_duration, Some(Duration::from_secs(600)));
        assert_eq!(info.creator_nickname.as_deref(), Some("Ada"));
        let written = serde_json::to_string(&info).unwrap();
        assert_eq!(serde_json::from_str::<CreatorInfo>(&written).unwrap(), info);
    }

    #[test]
    fn what_is_missing_offers_nothing() {
        let info: CreatorInfo = serde_json::from_str(r#"{"privacy_level_options":null}"#).unwrap();
        assert!(info.privacy_level_options.is_empty() && info.max_video_post_duration.is_none());
    }
}
