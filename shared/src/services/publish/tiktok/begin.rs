//! Opens an upload: everything that can be checked is, then TikTok creates the post that waits for its bytes.

use std::time::Duration;

use platforms::{
    error::PlatformError,
    secret::AccessToken,
    tiktok::publish::{
        chunks::ChunkPlan,
        init::{InitError, UploadInit},
        post::VideoPost,
        target::UploadTarget,
    },
};

use super::{Flow, Run, leave::MAX_ATTEMPTS, written};
use crate::{
    crypto::{Place, Sealed},
    domain::{PostStatus, catalogue::ErrorCode},
    services::{
        publish::{
            failure::{Failure, Stop},
            pauses,
        },
        tokens::CallError,
        webhooks::waiting,
    },
    store::{
        StoreError,
        publish_claims::Intent,
        publish_due,
        publish_steps::{self, OpenedUpload},
        retried,
        stored_events::Awaited,
    },
};

/// How long bytes are sent to an address that takes them for an hour.
const SENDING: Duration = Duration::from_mins(55);

impl Run<'_> {
    pub(super) async fn begin(&mut self) -> Result<Flow, Stop> {
        if self.post.attempts >= MAX_ATTEMPTS {
            return Err(Failure::new(ErrorCode::InternalError, "it was begun too often").into());
        }
        let request = self.request()?;
        if self.is_crowded().await? {
            return Ok(Flow::Queue);
        }
        let usable = self.publisher.files.usable(self.post.user, request.media_id).await?;
        if usable.media.size != self.post.total_bytes {
            return Err(Failure::new(ErrorCode::MediaDiffers, "the file has another size").into());
        }
        self.check_creator(&request, &usable.facts).await?;
        // An address that could not be sealed would be lost.
        self.publisher.tokens.vault.prepare().await?;
        written(publish_steps::intend(&self.connection().await?, self.fence(), Intent::Init).await?)?;
        self.post.intent = Some(Intent::Init);
        let (init, plan) = self.init(&request.post_info).await?;
        self.open(&init, plan).await
    }

    /// An address takes bytes for an hour, so no more are opened than workers can send to: further ones would end while
    /// they wait for their turn. An upload that nobody goes on with before this post looks again takes no worker from it; but
    /// where so many fail, this one would as well.
    async fn is_crowded(&self) -> Result<bool, Stop> {
        let open = publish_due::open_uploads(&self.connection().await?, pauses::FOR_A_TURN).await?;
        let workers = i64::from(self.publisher.concurrency);
        Ok(open.soon >= workers || open.all >= 2 * workers)
    }

    /// By the second plan where the chunks of the first are refused: then nothing was created.
    async fn init(&self, post: &VideoPost) -> Result<(UploadInit, ChunkPlan), Stop> {
        let no_plan = |error: &dyn std::error::Error| Failure::new(ErrorCode::MediaDiffers, error.to_string());
        let first = ChunkPlan::first(self.post.total_bytes).map_err(|error| no_plan(&error))?;
        let refusal = match self.create(post, first).await? {
            Ok(init) => return Ok((init, first)),
            Err(refusal) => refusal,
        };
        tracing::warn!(chunk_size = first.chunk_size(), "the plan of chunks was refused");
        let second = ChunkPlan::second(self.post.total_bytes).ok_or(Failure::from(&refusal))?;
        Ok((self.create(post, second).await?.map_err(|refusal| Failure::from(&refusal))?, second))
    }

    /// The inner error: the chunks aren't accepted as planned.
    async fn create(&self, post: &VideoPost, plan: ChunkPlan) -> Result<Result<UploadInit, PlatformError>, CallError> {
        let create = async |token: &AccessToken| match self.api().init_video_upload(token, post, plan).await {
            Ok(init) => Ok(Ok(init)),
            Err(InitError::ChunksRefused(error)) => Ok(Err(error)),
            Err(InitError::Platform(error)) => Err(error),
        };
        self.publisher.tokens.call(self.post.user, self.post.account, create).await
    }

    async fn open(&mut self, init: &UploadInit, plan: ChunkPlan) -> Result<Flow, Stop> {
        UploadTarget::check(&init.upload_url, &self.publisher.upload_hosts)?;
        let place = Place::of_upload_url(self.post.user, &self.post.open_id, self.post.id);
        let sealed: Sealed<_> = self.publisher.tokens.vault.seal(&init.upload_url, &place).await?;
        let upload = OpenedUpload {
            publish_id: &init.publish_id,
            url: &sealed,
            lives: SENDING,
            chunk_size: plan.chunk_size(),
            chunk_count: plan.count(),
        };
        written(retried(async || self.write_down(&upload).await).await?)?;
        tracing::info!(publish_id = init.publish_id, chunks = plan.count(), "an upload is open");
        self.post.publish_id = Some(init.publish_id.clone());
        (self.post.upload_url, self.post.upload_url_lives) = (Some(sealed), SENDING);
        (self.post.chunk_size, self.post.confirmed_bytes) = (Some(plan.chunk_size()), 0);
        (self.post.status, self.post.intent, self.post.attempts) = (PostStatus::ProcessingUpload, None, 0);
        self.post.uploads += 1;
        self.is_in_step = true;
        Ok(Flow::On)
    }

    /// Webhooks that came before the post had its name are applied with it.
    async fn write_down(&self, upload: &OpenedUpload<'_>) -> Result<bool, StoreError> {
        let mut connection = self.connection().await?;
        let mut transaction = connection.transaction().await?;
        if !publish_steps::open_upload(&transaction, self.fence(), upload).await? {
            return Ok(false);
        }
        waiting::apply_for(&mut transaction, Awaited::TikTokPost(upload.publish_id)).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
