//! The publish queue's messages: a post whose next step is due.

use serde::{Deserialize, Serialize};

use crate::domain::{CorrelationId, Platform, PostId};

/// One post to go on with. It says nothing of how far the post is: the row does, so a message that comes twice, late or
/// never does no harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishJob {
    /// Where it is published.
    pub platform: Platform,
    /// The post.
    pub post_id: PostId,
    /// Ties the work to the request that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<CorrelationId>,
}

impl PublishJob {
    /// The message.
    pub fn to_message(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| unreachable!("a number and two texts: {error}"))
    }

    /// Reads a message; `None` when it's none of ours.
    pub fn parse(message: &str) -> Option<Self> {
        serde_json::from_str(message).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let correlation_id = CorrelationId::parse("12345678");
        let job = PublishJob { platform: Platform::TikTok, post_id: PostId(7), correlation_id };
        assert_eq!(PublishJob::parse(&job.to_message()), Some(job));
        assert_eq!(PublishJob::parse("{}"), None);
    }
}
