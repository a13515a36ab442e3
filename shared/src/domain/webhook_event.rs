//! One event of a platform, ready for the tables.

use platforms::instagram::webhook::Author;
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
    /// Who wrote what it tells of, as far as the platform tells.
    pub author: Author,
    /// What the platform said, as bytes: valid JSON unless it's malformed.
    pub payload: Vec<u8>,
    /// When it happened, where the platform tells.
    pub occurred_at: Option<OffsetDateTime>,
    /// When its delivery came in, and a microsecond later for each event before it in there: of two words on one thing
    /// the later counts, however long they lie.
    pub received_at: OffsetDateTime,
    /// Ties it to the request that brought it.
    pub correlation_id: Option<CorrelationId>,
    /// Why it can't be understood.
    pub error: Option<String>,
    /// What it changes.
    pub change: Change,
}

/// An event as it lies in the table.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// `webhook_events.id`.
    pub id: i64,
    /// Who sent it.
    pub platform: Platform,
    /// The platform's name of the event.
    pub event_type: String,
    /// Whether the tables refused it, so that it was put aside.
    pub is_poison: bool,
    /// Whether it had its effect, or was to have none: the others wait, or did so until they were given up.
    pub is_applied: bool,
    /// Whether it carries an error.
    pub has_error: bool,
    /// Its name.
    pub external_id: String,
    /// Whose event it is.
    pub subject_id: Option<String>,
    /// What the platform said: what it wrote, or the same JSON with other white space.
    pub payload: Vec<u8>,
    /// When it came in: [`WebhookEvent::received_at`].
    pub received_at: OffsetDateTime,
    /// Ties it to the request that brought it.
    pub correlation_id: Option<CorrelationId>,
}

impl WebhookEvent {
    /// What makes it this event and no other.
    pub fn key(&self) -> (Platform, String) {
        (self.platform, self.external_id.clone())
    }
}

/// What an event changes in our tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A TikTok post got further.
    TikTokPost(TikTokPostReport),
    /// A TikTok account took its authorization back.
    AuthorizationRemoved(AuthorizationRemoval),
    /// A comment was written or edited.
    InstagramComment(InstagramComment),
    /// Nothing.
    None,
}

impl Change {
    /// The row that must exist before the change can be applied, as `kind:id`. Whoever creates such a row applies what
    /// waits for it.
    pub fn waits_for(&self) -> Option<String> {
        match self {
            Self::TikTokPost(report) => Some(format!("publish_id:{}", report.publish_id)),
            Self::InstagramComment(comment) => Some(format!("ig_media:{}", comment.media_id)),
            // Older than any account that comes later, so there is nothing to wait for.
            Self::AuthorizationRemoved(_) | Self::None => None,
        }
    }
}

/// What TikTok says of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TikTokPostReport {
    /// Which post.
    pub publish_id: String,
    /// Where it is now.
    pub status: PostStatus,
    /// Why it failed.
    pub failure: Option<PostFailure>,
    /// The public post that this is about.
    pub public: Option<PublicPost>,
}

/// Why a post failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostFailure {
    /// As a code of the catalogue.
    pub code: &'static str,
    /// In TikTok's word.
    pub said: Option<String>,
    /// Whether it may be tried again, now or another day: that is for the worker to decide which has the post.
    pub may_pass: bool,
}

/// A post under its public id. One draft may become several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicPost {
    /// The public id.
    pub post_id: String,
    /// Whether anybody can see it.
    pub is_public: bool,
    /// When that was so. Events come in any order: the latest one tells the truth.
    pub at: OffsetDateTime,
}

/// What TikTok says of an authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRemoval {
    /// Whose.
    pub open_id: String,
    /// When. One that is older than the account's latest grant says nothing of that grant.
    pub at: OffsetDateTime,
    /// Why, as a code of the catalogue.
    pub reason: &'static str,
}

/// What Meta says of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
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
