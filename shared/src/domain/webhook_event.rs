//! One event of a platform, ready for the tables.

use time::OffsetDateTime;

use super::{CorrelationId, Platform, PostStatus};

/// An event as it is stored, and what it changes.
#[derive(Debug, Clone)]
pub struct WebhookEvent {
    /// Who sent it.
    pub platform: Platform,
    /// The platform's name of the event.
    pub event_type: String,
    /// Stable across redeliveries; unique for the platform.
    pub external_id: String,
    /// Whose event it is: TikTok's `open_id`, Meta's entry id.
    pub subject_id: Option<String>,
    /// What the platform said, as bytes: valid JSON unless it's malformed.
    pub payload: Vec<u8>,
    /// When it happened, where the platform tells.
    pub occurred_at: Option<OffsetDateTime>,
    /// When its delivery came in.
    pub received_at: OffsetDateTime,
    /// Ties it to the request that brought it.
    pub correlation_id: Option<CorrelationId>,
    /// Why it can't be understood.
    pub error: Option<String>,
    /// What it changes.
    pub change: Change,
}

impl WebhookEvent {
    /// What makes it this event and no other.
    pub fn key(&self) -> (Platform, String) {
        (self.platform, self.external_id.clone())
    }
}

/// What an event changes in our tables.
#[derive(Debug, Clone)]
pub enum Change {
    /// A TikTok post got further.
    TikTokPost(TikTokPostReport),
    /// A comment was written or edited.
    InstagramComment(InstagramComment),
    /// Nothing.
    None,
}

impl Change {
    /// The row that must exist before the change can be applied, as `kind:id`.
    pub fn waits_for(&self) -> Option<String> {
        match self {
            Self::TikTokPost(report) => Some(format!("publish_id:{}", report.publish_id)),
            Self::InstagramComment(comment) => Some(format!("ig_media:{}", comment.media_id)),
            Self::None => None,
        }
    }
}

/// What TikTok says of a post.
#[derive(Debug, Clone)]
pub struct TikTokPostReport {
    /// Which post.
    pub publish_id: String,
    /// Where it is now.
    pub status: PostStatus,
    /// Why it failed, in the platform's words.
    pub reason: Option<String>,
}

/// What Meta says of a comment.
#[derive(Debug, Clone)]
pub struct InstagramComment {
    /// The professional account, by Meta's id.
    pub account_id: String,
    /// The media that it stands under, by Meta's id.
    pub media_id: String,
    /// Its own id.
    pub id: String,
    /// For a reply, the comment that it answers.
    pub parent_id: Option<String>,
    /// Who wrote it: an id for our app, which doesn't change.
    pub from_id: Option<String>,
    /// Who wrote it: the name.
    pub username: Option<String>,
    /// What it says.
    pub text: Option<String>,
}
