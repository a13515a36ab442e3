//! TikTok: a video that we send ourselves, posted directly.
//!
//! ```text
//! QUEUED ─ begin: file, creator, token ─ init → PROCESSING_UPLOAD ─ chunk, chunk, … last chunk ─ ask, ask, … → the end
//!            ↑      └ a quota: HELD               │                                  └ 72 hours: OUTCOME_UNKNOWN
//!            └─────── the address has expired ────┘
//! ```
//!
//! Without its last chunk an upload never becomes a post, so until that is sent everything may be begun anew, a few times:
//! an init whose answer was lost, an upload whose hour is over. From then on nothing is, unless TikTok says twice that it
//! hasn't the last chunk, to the chunk and by status/fetch: it alone says what became of the post, if asked or by webhook.
//! The same bytes may be sent again all the while, since they go to the same upload. What became of a post that ended as
//! unknown is asked once more when its account is connected anew.

mod ask;
mod begin;
mod creator;
mod leave;
mod send;
mod step;

use std::time::Duration;

use platforms::tiktok::{
    api::Api,
    publish::{chunks::ChunkPlan, post::VideoPost},
};
use serde::Deserialize;

use self::step::{Step, next};
use super::{
    Clock, PublishError, Publisher,
    failure::{Failure, Stop},
};
use crate::{
    domain::{AccountStatus, MediaId, PostId, catalogue::ErrorCode},
    store::{
        Connection, StoreError,
        publish_claims::{self, ClaimedPost},
        publish_steps::Fence,
    },
};

/// How often a post is claimed: ten times what the largest file and three days of asking need. Whatever we have got wrong
/// ends there.
const MAX_HOPS: u32 = 1_500;

/// What comes after a step.
enum Flow {
    /// The next one, at once.
    On,
    /// Nothing before so long.
    Rest(Duration),
    /// Nothing before a worker is free for its file.
    Queue,
    /// Nothing more.
    Over,
}

/// A post in the hands of this worker.
struct Run<'a> {
    publisher: &'a Publisher,
    post: ClaimedPost,
    clock: Clock,
    /// Whether TikTok was asked what it has of the file, or needn't be.
    is_in_step: bool,
    /// How often it has turned out to have something else than was believed.
    resyncs: u32,
}

/// What the person asked for, as far as it matters here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    media_id: MediaId,
    post_info: VideoPost,
}

impl Publisher {
    pub(super) async fn work_on_tiktok(&self, post: PostId, clock: Clock) -> Result<(), PublishError> {
        let claimed = publish_claims::claim(&self.tokens.database.connection().await?, post).await?;
        let Some(post) = claimed else {
            tracing::debug!("nothing is due for this post, or somebody else has it");
            return Ok(());
        };
        let mut run = Run { publisher: self, post, clock, is_in_step: false, resyncs: 0 };
        let result = run.go().await;
        if matches!(result, Err(Stop::Store(_) | Stop::Queue(_))) {
            run.release().await;
        }
        match result {
            Ok(()) => Ok(()),
            Err(Stop::Overtaken) => {
                tracing::info!("somebody else has moved this post on");
                Ok(())
            }
            Err(Stop::Store(error)) => Err(error.into()),
            Err(Stop::Queue(error)) => Err(error.into()),
            Err(Stop::Failed(failure)) => {
                tracing::error!(?failure, "a failure led to nothing; its lease will end");
                Ok(())
            }
        }
    }
}

impl Run<'_> {
    /// One step after the other.
    async fn go(&mut self) -> Result<(), Stop> {
        self.count_told_end().await?;
        loop {
            match self.step().await {
                Ok(Flow::On) => {}
                Ok(Flow::Rest(after)) => return self.rest(after, None).await,
                Ok(Flow::Queue) => return self.wait_its_turn().await,
                Ok(Flow::Over) => return Ok(()),
                Err(Stop::Failed(failure)) => return self.fail(&failure).await,
                Err(stop) => return Err(stop),
            }
        }
    }

    async fn step(&mut self) -> Result<Flow, Stop> {
        if self.post.hops > MAX_HOPS {
            return self.give_up("it was looked at too often").await;
        }
        let step = next(&self.post, self.is_in_step);
        tracing::debug!(?step, confirmed = self.post.confirmed_bytes, "the next step");
        match step {
            Step::Begin | Step::Send if self.is_disconnected() => {
                Err(Failure::new(ErrorCode::ReconnectRequired, "the account was disconnected").into())
            }
            Step::Begin => self.begin().await,
            Step::Send => self.send().await,
            Step::Ask => self.ask().await,
            Step::AskAgain => self.ask_again().await,
            Step::StartOver => self.start_over(ErrorCode::UploadExpired, "the address to upload to has expired").await,
            Step::Settle => self.settle().await,
        }
    }

    /// Who has left wants nothing more to be posted.
    fn is_disconnected(&self) -> bool {
        self.post.account_status == AccountStatus::Revoked && !self.may_be_out()
    }

    /// Whether TikTok may have the whole file, so that it alone says what becomes of the post.
    fn may_be_out(&self) -> bool {
        step::may_be_out(&self.post)
    }

    fn request(&self) -> Result<Request, Stop> {
        let unreadable = |detail: String| Failure::new(ErrorCode::InternalError, detail).into();
        if !self.post.is_direct_upload {
            return Err(unreadable("not a video that is sent and posted directly".to_owned()));
        }
        Request::deserialize(&self.post.request).map_err(|error| unreadable(error.to_string()))
    }

    /// How the file was cut when its upload was opened.
    fn plan(&self) -> Result<ChunkPlan, Stop> {
        let plan = ChunkPlan::with_chunk_size(self.post.total_bytes, self.post.chunk_size.unwrap_or_default());
        plan.map_err(|error| Failure::new(ErrorCode::InternalError, error.to_string()).into())
    }

    fn api(&self) -> &Api {
        &self.publisher.tokens.clients.tiktok
    }

    async fn connection(&self) -> Result<Connection, StoreError> {
        self.publisher.tokens.database.connection().await
    }

    fn fence(&self) -> Fence {
        Fence { post: self.post.id, lease: self.post.lease, status: self.post.status }
    }
}

/// A write that did nothing has found the post in other hands.
fn written(wrote: bool) -> Result<(), Stop> {
    if wrote { Ok(()) } else { Err(Stop::Overtaken) }
}
