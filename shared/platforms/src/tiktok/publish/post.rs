//! What a video's post says, and who may see it.
//!
//! developers.tiktok.com, Content Posting API: direct post, `post_info`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::tiktok::code::vocabulary;

vocabulary! {
    /// Who may see a post. What a creator may choose from, creator_info tells; there is no default.
    PrivacyLevel {
        /// Everybody; offered to public accounts.
        PublicToEveryone = "PUBLIC_TO_EVERYONE";
        /// Followers whom the creator follows.
        MutualFollowFriends = "MUTUAL_FOLLOW_FRIENDS";
        /// Followers; offered to private accounts.
        FollowerOfCreator = "FOLLOWER_OF_CREATOR";
        /// Nobody else.
        SelfOnly = "SELF_ONLY";
    }
}

impl Serialize for PrivacyLevel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for PrivacyLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self::from(word.as_str()))
    }
}

/// `post_info` of a video that is posted directly. The switches are what the person chose, so each is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoPost {
    /// One of those that creator_info offers.
    pub privacy_level: PrivacyLevel,
    /// The caption, of at most 2,200 UTF-16 units; `#tag` and `@handle` become links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Nobody may comment.
    pub disable_comment: bool,
    /// Nobody may make a duet with it.
    pub disable_duet: bool,
    /// Nobody may stitch it.
    pub disable_stitch: bool,
    /// The cover's frame; the first where it is absent or doesn't exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_cover_timestamp_ms: Option<i32>,
    /// A paid partnership. Can't be for nobody else.
    pub brand_content_toggle: bool,
    /// Promotes the creator's own business.
    pub brand_organic_toggle: bool,
    /// Labelled as made by AI.
    pub is_aigc: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_option_goes_out_under_tiktoks_name() {
        let info = json!({
            "title": "Morning run #fitness", "privacy_level": "SELF_ONLY", "disable_comment": true,
            "disable_duet": true, "disable_stitch": true, "brand_content_toggle": false,
            "brand_organic_toggle": false, "is_aigc": false, "video_cover_timestamp_ms": 1_500,
        });
        let post: VideoPost = serde_json::from_value(info.clone()).unwrap();
        assert_eq!(post.privacy_level, PrivacyLevel::SelfOnly);
        assert_eq!(serde_json::to_value(&post).unwrap(), info);
    }

    #[test]
    fn what_was_not_said_is_not_sent() {
        let post = VideoPost {
            privacy_level: PrivacyLevel::from("NEW_LEVEL"),
            title: None,
            disable_comment: false,
            disable_duet: false,
            disable_stitch: false,
            video_cover_timestamp_ms: None,
            brand_content_toggle: false,
            brand_organic_toggle: false,
            is_aigc: false,
        };
        let sent = serde_json::to_value(&post).unwrap();
        assert_eq!(sent["privacy_level"], "NEW_LEVEL");
        assert!(sent.get("title").is_none() && sent.get("video_cover_timestamp_ms").is_none());
    }

    #[test]
    fn a_post_without_a_privacy_level_is_none() {
        assert!(serde_json::from_value::<VideoPost>(json!({ "title": "x" })).is_err());
    }
}
