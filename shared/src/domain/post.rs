//! Where a post is.

use serde::{Deserialize, Serialize};

/// A post's status, the same words for both platforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PostStatus {
    /// Waits for its time.
    Scheduled,
    /// Waits for a worker.
    Queued,
    /// Waits for the platform's quota.
    Held,
    /// Bytes are on their way to the platform, or being processed there.
    ProcessingUpload,
    /// The platform fetches the media.
    ProcessingDownload,
    /// Whether the platform took it can't be told yet.
    OutcomeUnknown,
    /// A draft in the person's inbox.
    SendToUserInbox,
    /// Not published, for good.
    Failed,
    /// Taken back before it was published.
    Cancelled,
    /// Published.
    PublishComplete,
}

impl PostStatus {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Scheduled,
        Self::Queued,
        Self::Held,
        Self::ProcessingUpload,
        Self::ProcessingDownload,
        Self::OutcomeUnknown,
        Self::SendToUserInbox,
        Self::Failed,
        Self::Cancelled,
        Self::PublishComplete,
    ];

    /// The word in the tables and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::Queued => "QUEUED",
            Self::Held => "HELD",
            Self::ProcessingUpload => "PROCESSING_UPLOAD",
            Self::ProcessingDownload => "PROCESSING_DOWNLOAD",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::SendToUserInbox => "SEND_TO_USER_INBOX",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::PublishComplete => "PUBLISH_COMPLETE",
        }
    }

    /// The statuses that give way when the platform reports this one. Reports come late, again and in any order, so a
    /// status only ever moves forward; that a post is out outranks whatever we believed. Only the worker that has a post takes
    /// it back to its beginning, when an upload came to nothing.
    pub fn replaces(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |old| old.rank() < self.rank())
    }

    /// How far a post is. Statuses of one rank don't replace each other.
    pub const fn rank(self) -> i16 {
        match self {
            Self::Scheduled | Self::Queued | Self::Held => 0,
            Self::ProcessingUpload | Self::ProcessingDownload | Self::OutcomeUnknown => 1,
            Self::SendToUserInbox => 2,
            Self::Failed | Self::Cancelled => 3,
            Self::PublishComplete => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_order_of_reports_the_end_is_the_same() {
        let apply =
            |old: PostStatus, new: PostStatus| if new.replaces().any(|status| status == old) { new } else { old };
        let reports = [PostStatus::SendToUserInbox, PostStatus::PublishComplete, PostStatus::Failed];
        for [a, b, c] in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let end = [a, b, c].map(|index: usize| reports[index]).into_iter().fold(PostStatus::Queued, apply);
            assert_eq!(end, PostStatus::PublishComplete);
        }
    }

    #[test]
    fn a_cancelled_post_is_not_reported_as_failed() {
        assert!(!PostStatus::Failed.replaces().any(|old| old == PostStatus::Cancelled));
    }

    #[test]
    fn the_word_is_the_one_that_serde_writes() {
        for status in PostStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
