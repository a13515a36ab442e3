//! What has become of a post. Only reads.
//!
//! developers.tiktok.com, Content Posting API: get post status.

use serde::Deserialize;
use serde_json::json;

use crate::{
    error::PlatformError,
    lenient,
    secret::AccessToken,
    tiktok::{
        api::Api,
        code::{FailReason, vocabulary},
    },
};

vocabulary! {
    /// Where a post is. A word that isn't known is to be treated as still under way.
    PublishStatus {
        /// TikTok receives the bytes or works on them.
        ProcessingUpload = "PROCESSING_UPLOAD";
        /// TikTok downloads the media.
        ProcessingDownload = "PROCESSING_DOWNLOAD";
        /// The draft waits in the person's inbox. The end for us, though the person may still post it.
        SendToUserInbox = "SEND_TO_USER_INBOX";
        /// Posted. Not proof that anybody can see it.
        PublishComplete = "PUBLISH_COMPLETE";
        /// Never will be; the reason is beside it.
        Failed = "FAILED";
    }
}

/// A post as status/fetch tells it. That a post has failed is told by a call that has succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishReport {
    /// Where it is.
    pub status: PublishStatus,
    /// Why it failed.
    pub fail_reason: Option<FailReason>,
    /// The ids of what everybody can see, after moderation. One draft may become several posts.
    pub public_post_ids: Vec<String>,
    /// How much of a file has arrived.
    pub uploaded_bytes: Option<u64>,
    /// How much has been downloaded.
    pub downloaded_bytes: Option<u64>,
}

#[derive(Deserialize)]
struct Data {
    status: String,
    #[serde(default, deserialize_with = "lenient::text")]
    fail_reason: Option<String>,
    /// TikTok's spelling, and the right one if it should ever come.
    #[serde(default, alias = "publicly_available_post_id", deserialize_with = "lenient::texts")]
    publicaly_available_post_id: Vec<String>,
    #[serde(default, deserialize_with = "lenient::count")]
    uploaded_bytes: Option<u64>,
    #[serde(default, deserialize_with = "lenient::count")]
    downloaded_bytes: Option<u64>,
}

impl From<Data> for PublishReport {
    fn from(data: Data) -> Self {
        let reason = data.fail_reason.as_deref().filter(|reason| !reason.is_empty());
        Self {
            status: PublishStatus::from(data.status.as_str()),
            fail_reason: reason.map(FailReason::from),
            public_post_ids: data.publicaly_available_post_id,
            uploaded_bytes: data.uploaded_bytes,
            downloaded_bytes: data.downloaded_bytes,
        }
    }
}

impl Api {
    /// What has become of a post.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn publish_status(&self, token: &AccessToken, publish_id: &str) -> Result<PublishReport, PlatformError> {
        let question = json!({ "publish_id": publish_id });
        let data: Data = self.ask("/v2/post/publish/status/fetch/", &question, token).await?;
        Ok(data.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(json: &str) -> PublishReport {
        serde_json::from_str::<Data>(json).unwrap().into()
    }

    #[test]
    fn a_public_id_is_read_however_it_is_typed() {
        for ids in ["[7600000000000000123]", r#"["7600000000000000123"]"#, "7600000000000000123"] {
            let json = format!(r#"{{"status":"PUBLISH_COMPLETE","publicaly_available_post_id":{ids}}}"#);
            assert_eq!(report(&json).public_post_ids, ["7600000000000000123"], "{ids}");
        }
        for ids in ["[]", "null", r#"[""]"#, "{}", "[null]"] {
            let json = format!(r#"{{"status":"PUBLISH_COMPLETE","publicaly_available_post_id":{ids}}}"#);
            assert!(report(&json).public_post_ids.is_empty(), "{ids}");
        }
    }

    #[test]
    fn a_failure_is_read_with_its_reason() {
        let failed = report(r#"{"status":"FAILED","fail_reason":"duration_check_failed"}"#);
        assert_eq!((failed.status, failed.fail_reason), (PublishStatus::Failed, Some(FailReason::DurationCheckFailed)));
    }

    #[test]
    fn progress_is_read_and_a_new_status_is_kept() {
        let new = report(r#"{"status":"THINKING","uploaded_bytes":"10000000","fail_reason":""}"#);
        assert_eq!(new.status, PublishStatus::Other("THINKING".into()));
        assert_eq!((new.uploaded_bytes, new.fail_reason, new.downloaded_bytes), (Some(10_000_000), None, None));
    }
}
