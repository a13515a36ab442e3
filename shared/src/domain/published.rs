//! A post and what became of it, as its owner sees it.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset};

use super::{AccountId, Platform, PostId, PostStatus, catalogue::ErrorCode};

/// A post on its way to a platform, or there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Post {
    /// `tiktok_posts.id` or `instagram_posts.id`.
    pub id: PostId,
    /// Which of the two.
    pub platform: Platform,
    /// Who posts.
    pub account_id: AccountId,
    /// How far it is.
    pub status: PostStatus,
    /// Its text.
    pub title: Option<String>,
    /// What the platform calls the attempt, once it has begun.
    pub publish_id: Option<String>,
    /// What the platform calls the posts that came of it.
    pub platform_post_ids: Vec<String>,
    /// Where everybody sees it, once that is known.
    pub permalink: Option<String>,
    /// What went wrong, or what it waits for.
    pub error_code: Option<String>,
    /// The same for a person.
    pub error_message: Option<String>,
    /// When it's looked after again at the latest; nothing is left to do where there is none.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_attempt_at: Option<OffsetDateTime>,
    /// When it was to be published, if not at once.
    #[serde(with = "time::serde::rfc3339::option")]
    pub publish_at: Option<OffsetDateTime>,
    /// How much of its file has arrived, where we send one.
    pub progress: Option<Progress>,
    /// What happened so far.
    pub timeline: Vec<PostEvent>,
}

/// How much of a file has arrived at the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Bytes that the platform has confirmed.
    pub confirmed_bytes: i64,
    /// Bytes of the whole file.
    pub total_bytes: i64,
}

/// A line of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostEvent {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What happened.
    pub event: String,
    /// Why, as a code.
    pub code: Option<String>,
    /// More of it, for a developer.
    pub detail: Option<String>,
}

impl PostEvent {
    /// The same in UTC: JSON that PostgreSQL made has its own zone.
    #[must_use]
    pub fn in_utc(self) -> Self {
        Self { at: self.at.to_offset(UtcOffset::UTC), ..self }
    }
}

/// What a person is told of a post's code. A platform's word that isn't in the catalogue says no more than that it refused.
pub(crate) fn message_for(code: &str) -> &'static str {
    ErrorCode::find(code).unwrap_or(ErrorCode::PlatformRefused).user_message()
}

/// Where everybody sees a TikTok post.
pub(crate) fn tiktok_permalink(username: &str, is_photo: bool, post_id: &str) -> Option<String> {
    let plain = |text: &str, extra: &[u8]| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || extra.contains(&byte))
    };
    let kind = if is_photo { "photo" } else { "video" };
    let known = plain(username, b"._") && plain(post_id, b"");
    known.then(|| format!("https://www.tiktok.com/@{username}/{kind}/{post_id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_of_a_name_and_an_id_and_of_nothing_else() {
        let expected = Some("https://www.tiktok.com/@example.bakery_/video/7420000000000000001".to_owned());
        assert_eq!(tiktok_permalink("example.bakery_", false, "7420000000000000001"), expected);
        assert!(tiktok_permalink("ada", true, "7").unwrap().ends_with("/@ada/photo/7"));
        for (username, id) in [("", "7"), ("ada", ""), ("a/b", "7"), ("ada", "7?x=1"), ("ada lovelace", "7")] {
            assert_eq!(tiktok_permalink(username, false, id), None, "{username} {id}");
        }
    }

    #[test]
    fn a_new_word_of_a_platform_is_a_refusal() {
        assert_eq!(message_for("duration_check_failed"), ErrorCode::DurationCheckFailed.user_message());
        assert_eq!(message_for("brand_new"), ErrorCode::PlatformRefused.user_message());
    }
}
