//! Taking a post on, once for each `Idempotency-Key`.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Problem, UploadError, Uploads, tiktok::Word};
use crate::{
    domain::{CorrelationId, IdempotencyKey, Platform, PostId, PostStatus, Upload, UserId},
    queue::publish::PublishJob,
    services::idempotency::{NamedRequest, Turn},
    store::idempotency_keys::{Claim, KeptAnswer},
    telemetry::causes,
};

/// A request to post something.
#[derive(Debug)]
pub struct UploadRequest<'a> {
    /// Whose.
    pub owner: UserId,
    /// Where to.
    pub platform: Platform,
    /// What it says.
    pub body: Value,
    /// The same as it came.
    pub raw: &'a [u8],
    /// What it's named by.
    pub key: IdempotencyKey,
    /// Ties what it leads to to it.
    pub correlation_id: Option<CorrelationId>,
}

/// The answer to a request that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Status and body.
    pub answer: KeptAnswer,
    /// Whether that was before.
    pub replayed: bool,
}

/// The name of a request and its claim.
pub(super) type Named<'a> = (&'a NamedRequest, Claim);

/// How long a request may take: API Gateway waits for 30 seconds, and says then that it doesn't know. A token that is just
/// being renewed is as if the function had died: its lease says so.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long giving a key back may take after that.
const GIVING_BACK: Duration = Duration::from_secs(3);

impl Uploads {
    /// What is wrong with a post. Of the post nothing is written.
    ///
    /// # Errors
    /// See [`UploadError`].
    pub async fn problems(&self, owner: UserId, platform: Platform, body: Value) -> Result<Vec<Problem>, UploadError> {
        match Upload::read(platform, body)? {
            Upload::TikTok(upload) => {
                let checked = timeout(PATIENCE, self.check_tiktok(owner, &upload, Word::Recent)).await;
                Ok(checked.map_err(|_| UploadError::Late)??.problems)
            }
        }
    }

    /// Takes a post on; the same request with the same key only once.
    ///
    /// # Errors
    /// See [`UploadError`]: nothing was written, and the key is free again. Only where the database's last word was lost
    /// the post may be there all the same: then the key has its answer.
    pub async fn take(&self, request: UploadRequest<'_>) -> Result<Taken, UploadError> {
        let upload = Upload::read(request.platform, request.body.clone())?;
        let route = format!("POST /api/{}/upload", request.platform);
        let named = NamedRequest::new(request.owner, request.key.clone(), &route, request.raw);
        let ends_at = Instant::now() + PATIENCE;
        // One that is broken off may have been made all the same. Nobody can name it then, and its lock's end frees the key.
        let turn = timeout_at(ends_at, named.claim(&self.tokens.database)).await;
        let claim = match turn.map_err(|_| UploadError::Late)?? {
            Turn::Answered(answer) => return Ok(Taken { answer, replayed: true }),
            Turn::Now(claim) => claim,
        };
        let answer = timeout_at(ends_at, self.carry_out(&request, &upload, (&named, claim))).await;
        let answer = answer.unwrap_or(Err(UploadError::Late));
        if answer.is_err() {
            named.release(&self.tokens.database, claim, GIVING_BACK).await;
        }
        Ok(Taken { answer: answer?, replayed: false })
    }

    async fn carry_out(
        &self,
        request: &UploadRequest<'_>,
        upload: &Upload,
        named: Named<'_>,
    ) -> Result<KeptAnswer, UploadError> {
        match upload {
            Upload::TikTok(upload) => self.take_tiktok(request, upload, named).await,
        }
    }

    /// Sends the worker its message. Should that fail, `status-updater` sends another.
    pub(super) async fn wake(&self, request: &UploadRequest<'_>, post: PostId, status: PostStatus) {
        tracing::info!(post = post.0, status = status.as_str(), "a post was taken on");
        if status != PostStatus::Queued {
            return;
        }
        let (platform, correlation_id) = (request.platform, request.correlation_id.clone());
        let job = PublishJob { platform, post_id: post, correlation_id };
        if let Err(error) = self.queue.send(job.to_message()).await {
            tracing::warn!(post = post.0, cause = %causes(&error), "the worker was not told, and will be");
        }
    }
}
