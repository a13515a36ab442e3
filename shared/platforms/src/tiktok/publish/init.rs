//! Creates a post: `video/init`, for a video whose bytes we send.
//!
//! There is no idempotency key, so an init goes out once. One of a FILE_UPLOAD whose answer was lost publishes nothing,
//! since no byte of the file can follow it without the address in the answer.
//!
//! developers.tiktok.com, Content Posting API: direct post.

use serde::{Deserialize, Serialize};

use super::{chunks::ChunkPlan, post::VideoPost};
use crate::{
    error::{PlatformError, RefusalCode},
    lenient,
    secret::{AccessToken, UploadUrl},
    tiktok::{
        api::{self, Api},
        code::ApiCode,
    },
    transport::Answer,
};

/// A post that waits for its bytes.
#[derive(Debug)]
pub struct UploadInit {
    /// Names the post from now on.
    pub publish_id: String,
    /// Takes the bytes, for an hour.
    pub upload_url: UploadUrl,
}

/// A post that wasn't created, or perhaps was.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The chunks aren't accepted as planned. Nothing was created, and another plan may do.
    #[error("the plan of chunks is refused")]
    ChunksRefused(#[source] PlatformError),
    /// Anything else. [`Outcome`](crate::verdict::Outcome) tells whether a post may have been created.
    #[error(transparent)]
    Platform(#[from] PlatformError),
}

/// The body of every init: drafts have no `post_info`.
#[derive(Serialize)]
struct Init<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    post_info: Option<&'a VideoPost>,
    source_info: SourceInfo,
}

/// Where the bytes come from.
#[derive(Serialize)]
#[serde(tag = "source", rename_all = "SCREAMING_SNAKE_CASE")]
enum SourceInfo {
    FileUpload { video_size: u64, chunk_size: u64, total_chunk_count: u64 },
}

impl From<ChunkPlan> for SourceInfo {
    fn from(plan: ChunkPlan) -> Self {
        Self::FileUpload {
            video_size: plan.file_size(),
            chunk_size: plan.chunk_size(),
            total_chunk_count: plan.count(),
        }
    }
}

/// Pulls and photos are answered without an address.
#[derive(Deserialize)]
struct Created {
    #[serde(default, deserialize_with = "lenient::text")]
    publish_id: Option<String>,
    #[serde(default)]
    upload_url: Option<UploadUrl>,
}

#[derive(Deserialize)]
struct Refusal {
    error: RefusalMessage,
}

#[derive(Deserialize)]
struct RefusalMessage {
    #[serde(default, deserialize_with = "lenient::text")]
    message: Option<String>,
}

impl Api {
    /// Creates a direct post of a file that is to be sent by this plan. Sent once, whatever becomes of it.
    ///
    /// # Errors
    /// See [`InitError`].
    pub async fn init_video_upload(
        &self,
        token: &AccessToken,
        post: &VideoPost,
        plan: ChunkPlan,
    ) -> Result<UploadInit, InitError> {
        let init = Init { post_info: Some(post), source_info: plan.into() };
        upload(&self.post_json("/v2/post/publish/video/init/", &init, token).await?)
    }
}

fn upload(answer: &Answer) -> Result<UploadInit, InitError> {
    let created: Created = api::open(answer).map_err(|error| init_error(error, answer))?;
    let missing = |member| PlatformError::unreadable(answer, format!("no {member}"));
    let publish_id = created.publish_id.filter(|id| !id.is_empty()).ok_or_else(|| missing("publish_id"))?;
    let upload_url = created.upload_url.filter(|url| !url.expose().is_empty()).ok_or_else(|| missing("upload_url"))?;
    Ok(UploadInit { publish_id, upload_url })
}

/// Only the message tells which parameter is wrong.
fn init_error(error: PlatformError, answer: &Answer) -> InitError {
    let invalid = RefusalCode::TikTokApi(ApiCode::InvalidParam);
    match &error {
        PlatformError::Refused { code, .. } if *code == invalid && names_chunks(answer) => {
            InitError::ChunksRefused(error)
        }
        _ => error.into(),
    }
}

/// As in "The chunk size is invalid" and "The total chunk count is invalid".
fn names_chunks(answer: &Answer) -> bool {
    let refusal: Option<Refusal> = serde_json::from_slice(&answer.body).ok();
    let message = refusal.and_then(|refusal| refusal.error.message).unwrap_or_default();
    message.to_ascii_lowercase().contains("chunk")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Outcome;

    fn read(status: u16, body: &str) -> Result<UploadInit, InitError> {
        upload(&Answer { status, body: body.as_bytes().to_vec(), log_id: None })
    }

    fn refused(code: &str, message: &str) -> InitError {
        read(400, &format!(r#"{{"data":{{}},"error":{{"code":"{code}","message":"{message}"}}}}"#)).unwrap_err()
    }

    #[test]
    fn the_source_is_declared_as_planned() {
        let source = SourceInfo::from(ChunkPlan::first(66_259_900).unwrap());
        let sent = serde_json::to_string(&Init { post_info: None, source_info: source }).unwrap();
        let expected = r#"{"source_info":{"source":"FILE_UPLOAD","video_size":66259900,"chunk_size":10000000,"total_chunk_count":6}}"#;
        assert_eq!(sent, expected);
    }

    #[test]
    fn the_address_is_read_and_shown_to_nobody() {
        let body = r#"{"data":{"publish_id":"v_pub_file~v2-1.76","upload_url":"https://h.tiktokapis.com/u?token=SECRET"},"error":{"code":"ok"}}"#;
        let init = read(200, body).unwrap();
        assert_eq!(init.publish_id, "v_pub_file~v2-1.76");
        assert!(init.upload_url.expose().ends_with("SECRET"));
        assert!(!format!("{init:?}").contains("SECRET"));
    }

    #[test]
    fn an_init_without_its_id_or_its_address_may_have_created_a_post() {
        for data in [r#""publish_id":"p""#, r#""upload_url":"https://SECRET""#, r#""publish_id":"","upload_url":"x""#] {
            let error = read(200, &format!(r#"{{"data":{{{data}}},"error":{{"code":"ok"}}}}"#)).unwrap_err();
            assert!(!format!("{error:?} {error}").contains("SECRET"));
            let InitError::Platform(error) = error else { panic!("{error:?}") };
            assert_eq!(Outcome::from(&error), Outcome::Unknown);
        }
    }

    #[test]
    fn only_a_refusal_that_names_the_chunks_asks_for_another_plan() {
        for message in ["The chunk size is invalid", "The total chunk count is invalid"] {
            assert!(matches!(refused("invalid_params", message), InitError::ChunksRefused(_)), "{message}");
        }
        for (code, message) in [("invalid_param", "Title too long"), ("spam_risk", "chunk"), ("invalid_params", "")] {
            assert!(matches!(refused(code, message), InitError::Platform(_)), "{code} {message}");
        }
    }
}
