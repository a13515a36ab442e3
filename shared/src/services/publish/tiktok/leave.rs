//! How this worker leaves a post: for a while, or for good.

use std::time::Duration;

use super::{
    Flow, Run,
    step::{is_sending, is_whole},
    written,
};
use crate::{
    domain::{CorrelationId, Platform, PostStatus, catalogue::ErrorCode},
    queue::{MAX_DELAY, publish::PublishJob},
    services::publish::{
        failure::{Failure, Stop},
        pauses,
    },
    store::publish_ends::{self, Reason, Rest},
    telemetry::{causes, metrics},
};

/// Failures in a row before a post is given up: more than three hours of trying.
pub(super) const MAX_ATTEMPTS: u32 = 20;
/// How often a file is begun to be sent: once, and two times more.
const MAX_UPLOADS: u32 = 3;
const PROVIDER: &str = Platform::TikTok.as_str();

impl Run<'_> {
    /// Gives the post back, and asks for a worker when its next step is due; later than a message can wait,
    /// `status-updater` does.
    pub(super) async fn rest(&self, after: Duration, failure: Option<Reason>) -> Result<(), Stop> {
        let attempts = self.post.attempts + u32::from(failure.is_some());
        let rest = Rest { after, intent: self.post.intent, attempts, failure };
        written(publish_ends::rest(&self.connection().await?, self.fence(), &rest).await?)?;
        if after <= MAX_DELAY {
            self.publisher.queue.send_after(self.job().to_message(), after).await?;
        }
        Ok(())
    }

    /// Lets the post wait for a worker that is free, which counts as nothing: it may take days.
    pub(super) async fn wait_its_turn(&self) -> Result<(), Stop> {
        let after = pauses::FOR_A_TURN;
        written(publish_ends::wait_its_turn(&self.connection().await?, self.fence(), after).await?)?;
        self.publisher.queue.send_after(self.job().to_message(), after).await?;
        Ok(())
    }

    /// Gives the post back after a step that couldn't be written down. Where that fails as well, its lease ends.
    pub(super) async fn release(&self) {
        let released = async { publish_ends::release(&self.connection().await?, self.fence()).await };
        if let Err(error) = released.await {
            tracing::warn!(cause = causes(&error), "the post was not given back; its lease will end");
        }
    }

    fn job(&self) -> PublishJob {
        let correlation_id = self.post.correlation_id.as_deref().and_then(CorrelationId::parse);
        PublishJob { platform: Platform::TikTok, post_id: self.post.id, correlation_id }
    }

    /// What a failure leads to. Nothing that goes wrong for us says that a post isn't out which may be.
    pub(super) async fn fail(&mut self, failure: &Failure) -> Result<(), Stop> {
        let reason = failure.reason().clone();
        tracing::warn!(code = %reason.code, detail = reason.detail, attempts = self.post.attempts, "a step failed");
        let is_exhausted = self.post.attempts + 1 >= MAX_ATTEMPTS;
        let pause = pauses::after_failures(self.post.attempts).max(failure.pause());
        match failure {
            Failure::Passing(..) if self.is_unknown() && !is_exhausted => self.rest(pause, Some(reason)).await,
            _ if self.is_unknown() => self.settle().await.map(drop),
            _ if is_whole(&self.post) => {
                self.rest(pauses::before_asking(self.post.out_for).max(failure.pause()), None).await
            }
            _ if self.may_be_out() => self.rest(self.pause_outside().max(failure.pause()), Some(reason)).await,
            Failure::Quota(_) if self.post.wanted_for < pauses::FOR_QUOTAS => self.hold(&reason).await,
            Failure::Passing(..) if !is_exhausted => self.rest(pause, Some(reason)).await,
            Failure::Passing(..) | Failure::Final(_) | Failure::Quota(_) => {
                self.end(PostStatus::Failed, reason).await.map(drop)
            }
        }
    }

    /// Whether its outcome was given up as unknown, and is only asked once more.
    fn is_unknown(&self) -> bool {
        self.post.status == PostStatus::OutcomeUnknown
    }

    /// With the last chunk sent and no answer to it: as long as it can be sent again, that is tried.
    fn pause_outside(&self) -> Duration {
        let pause = pauses::after_failures(self.post.attempts);
        if is_sending(&self.post) { pause } else { pause.max(pauses::before_asking(self.post.out_for)) }
    }

    async fn hold(&self, reason: &Reason) -> Result<(), Stop> {
        let held = publish_ends::hold(&self.connection().await?, self.fence(), reason, pauses::AFTER_A_QUOTA).await?;
        written(held)
    }

    /// Forgets an upload that can't become a post any more, and begins another one, a few times.
    pub(super) async fn start_over(&mut self, code: ErrorCode, detail: &str) -> Result<Flow, Stop> {
        if self.post.uploads >= MAX_UPLOADS {
            return self.end(PostStatus::Failed, Reason { code, detail: detail.to_owned() }).await;
        }
        self.give_upload_up(code, detail).await?;
        Ok(Flow::On)
    }

    /// The post waits for a worker again, as one that was never begun.
    pub(super) async fn give_upload_up(&mut self, code: ErrorCode, detail: &str) -> Result<(), Stop> {
        let publish_id = self.post.publish_id.as_deref().unwrap_or_default();
        let reason = Reason { code, detail: format!("{detail}; {publish_id} is given up") };
        let over = publish_ends::start_over(&self.connection().await?, self.fence(), &reason, publish_id).await?;
        written(over)?;
        tracing::warn!(%code, detail, publish_id, uploads = self.post.uploads, "the upload is begun anew");
        (self.post.publish_id, self.post.upload_url, self.post.intent) = (None, None, None);
        (self.post.status, self.post.confirmed_bytes) = (PostStatus::Queued, 0);
        Ok(())
    }

    /// The end, which is counted: as a failure only where it's one.
    pub(super) async fn end(&mut self, status: PostStatus, reason: Reason) -> Result<Flow, Stop> {
        written(publish_ends::end(&self.connection().await?, self.fence(), status, Some(&reason)).await?)?;
        tracing::warn!(status = status.as_str(), code = %reason.code, detail = reason.detail, "the post has ended");
        if status == PostStatus::OutcomeUnknown {
            metrics::outcome_unknown(PROVIDER);
        } else {
            metrics::upload_ended(PROVIDER, false);
        }
        Ok(Flow::Over)
    }

    /// The end of a post that nothing more can be learned of here.
    pub(super) async fn give_up(&mut self, detail: &str) -> Result<Flow, Stop> {
        let (status, code) = match self.post.status {
            PostStatus::PublishComplete | PostStatus::OutcomeUnknown => return self.settle().await,
            _ if self.may_be_out() => (PostStatus::OutcomeUnknown, ErrorCode::OutcomeUnknown),
            _ => (PostStatus::Failed, ErrorCode::InternalError),
        };
        self.end(status, Reason { code, detail: detail.to_owned() }).await
    }

    pub(super) async fn settle(&self) -> Result<Flow, Stop> {
        written(publish_ends::settle(&self.connection().await?, self.fence()).await?)?;
        Ok(Flow::Over)
    }

    /// Counts an end that a webhook told of before we asked, once: the address to upload to goes with it.
    pub(super) async fn count_told_end(&mut self) -> Result<(), Stop> {
        let is_out = self.post.status == PostStatus::PublishComplete;
        if (is_out || self.post.status == PostStatus::Failed) && self.post.upload_url.take().is_some() {
            written(publish_ends::forget_address(&self.connection().await?, self.fence()).await?)?;
            metrics::upload_ended(PROVIDER, is_out);
        }
        Ok(())
    }
}
