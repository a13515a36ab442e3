//! Asks TikTok what it has of the file, or what has become of the post.

use platforms::tiktok::{
    code::FailReason,
    publish::status::{PublishReport, PublishStatus},
};

use super::{
    Flow, Run,
    step::{awaits_public_id, is_sending, is_whole},
    written,
};
use crate::{
    domain::{Platform, PostStatus, catalogue::ErrorCode},
    services::publish::{
        failure::{Failure, Stop},
        pauses,
    },
    store::{
        publish_claims::Intent,
        publish_ends::{self, Reason},
    },
    telemetry::metrics,
};

impl Run<'_> {
    pub(super) async fn ask(&mut self) -> Result<Flow, Stop> {
        if self.may_be_out() && self.post.out_for > pauses::AT_ALL {
            return self.give_up("TikTok has not said for 72 hours what became of it").await;
        }
        self.is_in_step = true;
        match self.report().await {
            Ok(report) => self.heed_report(&report).await,
            // Sending on tells as well what TikTok has.
            Err(Stop::Failed(failure)) if is_sending(&self.post) => {
                tracing::info!(code = %failure.reason().code, "TikTok does not tell what it has");
                Ok(Flow::On)
            }
            Err(stop) => Err(stop),
        }
    }

    /// Whatever isn't an end leaves the post as it is: it was asked about for 72 hours. One that has failed is too old to be
    /// begun anew by us.
    pub(super) async fn ask_again(&mut self) -> Result<Flow, Stop> {
        let report = self.report().await?;
        match &report.status {
            PublishStatus::PublishComplete => self.published(&report).await,
            PublishStatus::Failed => self.end(PostStatus::Failed, why(report.fail_reason.as_ref())).await,
            PublishStatus::ProcessingUpload
            | PublishStatus::ProcessingDownload
            | PublishStatus::SendToUserInbox
            | PublishStatus::Other(_) => self.settle().await,
        }
    }

    async fn report(&self) -> Result<PublishReport, Stop> {
        let publish_id = self.post.publish_id.as_deref().unwrap_or_default();
        let ask = async |token: &_| self.api().publish_status(token, publish_id).await;
        Ok(self.publisher.tokens.call(self.post.user, self.post.account, ask).await?)
    }

    async fn heed_report(&mut self, report: &PublishReport) -> Result<Flow, Stop> {
        match &report.status {
            PublishStatus::PublishComplete => self.published(report).await,
            PublishStatus::Failed if self.post.status == PostStatus::PublishComplete => self.settle().await,
            PublishStatus::Failed => self.failed(report.fail_reason.as_ref()).await,
            PublishStatus::ProcessingUpload => self.under_way(report).await,
            status @ (PublishStatus::ProcessingDownload | PublishStatus::SendToUserInbox | PublishStatus::Other(_)) => {
                tracing::warn!(%status, "TikTok says something that is not expected of this post");
                self.under_way(report).await
            }
        }
    }

    /// What TikTok has may be more than it has told us: an answer was lost.
    async fn under_way(&mut self, report: &PublishReport) -> Result<Flow, Stop> {
        if !is_whole(&self.post) {
            let plan = self.plan()?;
            let received = report.uploaded_bytes.map(|reported| plan.received(reported));
            if let Some(received) = received.filter(|received| *received > self.post.confirmed_bytes) {
                return Ok(self.advance(received).await?.unwrap_or(Flow::On));
            }
            if is_sending(&self.post) {
                return Ok(Flow::On);
            }
            if self.post.intent == Some(Intent::TurnedAway) && received.is_some() {
                return self.start_over(ErrorCode::UploadExpired, "the upload is gone without its last chunk").await;
            }
        }
        Ok(Flow::Rest(pauses::before_asking(self.post.out_for)))
    }

    async fn published(&mut self, report: &PublishReport) -> Result<Flow, Stop> {
        let ids = &report.public_post_ids;
        written(publish_ends::publish(&self.connection().await?, self.fence(), ids).await?)?;
        if self.post.status != PostStatus::PublishComplete {
            tracing::info!("the post is out");
            metrics::upload_ended(Platform::TikTok.as_str(), true);
        }
        (self.post.status, self.post.intent) = (PostStatus::PublishComplete, None);
        self.post.is_public |= !ids.is_empty();
        if awaits_public_id(&self.post) {
            return Ok(Flow::Rest(pauses::before_asking(self.post.out_for)));
        }
        self.settle().await
    }

    /// What has failed is certain to have published nothing. A failure of TikTok's own is documented as worth another try,
    /// and a quota that was used up is free again another day.
    async fn failed(&mut self, reason: Option<&FailReason>) -> Result<Flow, Stop> {
        let why = why(reason);
        match reason {
            Some(FailReason::TooManyPosts) => {
                self.give_upload_up(why.code, &why.detail).await?;
                Err(Failure::Quota(why).into())
            }
            Some(FailReason::Internal) => match self.start_over(why.code, &why.detail).await? {
                Flow::On => Ok(Flow::Rest(pauses::AFTER_A_LIMIT)),
                flow => Ok(flow),
            },
            _ => self.end(PostStatus::Failed, why).await,
        }
    }
}

/// Why a post has failed, as TikTok says.
fn why(reason: Option<&FailReason>) -> Reason {
    Reason {
        code: reason.map_or(ErrorCode::PlatformRefused, ErrorCode::from),
        detail: format!("fail_reason {}", reason.map_or("missing", FailReason::as_str)),
    }
}
