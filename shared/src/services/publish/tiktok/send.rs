//! Sends the file, chunk after chunk, from the bucket to TikTok without ever holding one.

use std::time::Duration;

use platforms::{
    tiktok::publish::{
        chunk::{ChunkAnswer, ChunkError, VideoFormat},
        chunks::Chunk,
        target::UploadTarget,
    },
    transport::TransportError,
};
use tokio::time::{Instant, timeout_at};

use super::{Flow, Run, written};
use crate::{
    crypto::Place,
    domain::{MediaType, catalogue::ErrorCode},
    services::publish::{
        failure::{Failure, Stop},
        pauses,
    },
    store::{
        media_uploads,
        publish_claims::Intent,
        publish_ends::Reason,
        publish_steps::{close_upload, complete_upload, intend, progress},
    },
};

/// How often within one invocation TikTok may have something else than was believed.
const MAX_RESYNCS: u32 = 3;

/// Where the bytes come from and where they go to.
struct Route {
    key: String,
    etag: String,
    format: VideoFormat,
    target: UploadTarget,
}

impl Run<'_> {
    pub(super) async fn send(&mut self) -> Result<Flow, Stop> {
        let (plan, route) = (self.plan()?, self.route().await?);
        let mut slowest = Duration::ZERO;
        while let Some(chunk) = plan.next(self.post.confirmed_bytes) {
            if !self.clock.allows(slowest) {
                tracing::info!(confirmed = self.post.confirmed_bytes, "handed over");
                return Ok(Flow::Rest(Duration::ZERO));
            }
            let began = Instant::now();
            if let Some(flow) = self.send_chunk(&route, chunk).await? {
                return Ok(flow);
            }
            slowest = slowest.max(began.elapsed());
        }
        Ok(Flow::On)
    }

    async fn route(&self) -> Result<Route, Stop> {
        let media_id = self.request()?.media_id;
        let media = media_uploads::find(&self.connection().await?, self.post.user, media_id).await?;
        let gone = || Failure::new(ErrorCode::MediaExpired, "the file is gone");
        let (media, sealed) = media.zip(self.post.upload_url.as_ref()).ok_or_else(gone)?;
        let place = Place::of_upload_url(self.post.user, &self.post.open_id, self.post.id);
        let url = self.publisher.tokens.vault.open(sealed, &place).await?;
        Ok(Route {
            key: media.object_key,
            etag: media.etag.ok_or_else(gone)?,
            format: format(media.content_type)
                .ok_or_else(|| Failure::new(ErrorCode::MediaTypeUnsupported, "the file is no video"))?,
            target: UploadTarget::check(&url, &self.publisher.upload_hosts)?,
        })
    }

    /// Sends a chunk and writes down what TikTok says that it has. `None`: the next chunk.
    async fn send_chunk(&mut self, route: &Route, chunk: Chunk) -> Result<Option<Flow>, Stop> {
        let source = self.publisher.files.bucket.read(&route.key, &route.etag, chunk.range()).await?;
        let was_sent = self.post.intent == Some(Intent::LastChunk);
        if chunk.is_last() && !was_sent {
            written(intend(&self.connection().await?, self.fence(), Intent::LastChunk).await?)?;
            self.post.intent = Some(Intent::LastChunk);
        }
        let api = &self.publisher.tokens.clients.tiktok;
        let put = api.put_chunk(&route.target, chunk, route.format, source);
        let Ok(answer) = timeout_at(self.clock.ends_at(), put).await else {
            return Err(passing(ErrorCode::PlatformUnavailable, "there was no time for the answer"));
        };
        match answer {
            Ok(answer) => self.heed_answer(answer, chunk, was_sent).await,
            Err(error) => Err(self.unanswered(&error, was_sent)),
        }
    }

    async fn heed_answer(&mut self, answer: ChunkAnswer, chunk: Chunk, was_sent: bool) -> Result<Option<Flow>, Stop> {
        match answer {
            ChunkAnswer::Complete => self.complete().await.map(Some),
            ChunkAnswer::Accepted { received } => self.advance(received).await,
            ChunkAnswer::OutOfStep { received } => {
                self.resync()?;
                match received {
                    Some(received) => self.advance(received).await,
                    None => Ok(Some(Flow::On)),
                }
            }
            ChunkAnswer::Transient { status } => {
                Err(passing(ErrorCode::PlatformInternalError, &format!("a chunk was answered with HTTP {status}")))
            }
            ChunkAnswer::Expired { .. } | ChunkAnswer::Refused { .. } if was_sent => {
                self.close(Intent::LastChunk).await.map(Some)
            }
            ChunkAnswer::Expired { .. } if chunk.is_last() => self.close(Intent::TurnedAway).await.map(Some),
            ChunkAnswer::Expired { status } => {
                let detail = format!("the upload is gone (HTTP {status})");
                self.start_over(ErrorCode::UploadExpired, &detail).await.map(Some)
            }
            ChunkAnswer::Refused { status } => {
                self.post.intent = None;
                let detail = format!("a chunk was refused (HTTP {status})");
                Err(Failure::new(ErrorCode::PlatformInvalidRequest, detail).into())
            }
        }
    }

    /// TikTok has so much of the file.
    pub(super) async fn advance(&mut self, received: u64) -> Result<Option<Flow>, Stop> {
        if received >= self.post.total_bytes {
            return self.complete().await.map(Some);
        }
        if received > self.post.confirmed_bytes {
            self.post.attempts = 0;
        } else {
            self.resync()?;
        }
        written(progress(&self.connection().await?, self.fence(), received).await?)?;
        self.post.confirmed_bytes = received;
        Ok(None)
    }

    /// TikTok has the whole file.
    pub(super) async fn complete(&mut self) -> Result<Flow, Stop> {
        written(complete_upload(&self.connection().await?, self.fence()).await?)?;
        (self.post.confirmed_bytes, self.post.intent, self.post.attempts) = (self.post.total_bytes, None, 0);
        Ok(Flow::Rest(pauses::before_asking(Duration::ZERO)))
    }

    /// No byte more is taken, and status/fetch has to tell whether the last ones were.
    async fn close(&mut self, intent: Intent) -> Result<Flow, Stop> {
        written(close_upload(&self.connection().await?, self.fence(), intent).await?)?;
        (self.post.intent, self.post.upload_url_lives) = (Some(intent), Duration::ZERO);
        Ok(Flow::On)
    }

    /// Something else has arrived than was believed: what that is has to be asked, and not for ever.
    fn resync(&mut self) -> Result<(), Stop> {
        (self.resyncs, self.is_in_step) = (self.resyncs + 1, false);
        if self.resyncs <= MAX_RESYNCS {
            return Ok(());
        }
        Err(passing(ErrorCode::PlatformAnswerUnreadable, "TikTok doesn't say what it has of the file"))
    }

    /// A last chunk that never left needs no answer.
    fn unanswered(&mut self, error: &ChunkError, was_sent: bool) -> Stop {
        if matches!(error, ChunkError::Transport(TransportError::NotSent(_))) && !was_sent {
            self.post.intent = None;
        }
        if matches!(error, ChunkError::Source(_)) {
            return Failure::ours(error, "the file stopped arriving").into();
        }
        Failure::passing(ErrorCode::PlatformUnavailable, error).into()
    }
}

fn passing(code: ErrorCode, detail: &str) -> Stop {
    Failure::Passing(Reason { code, detail: detail.to_owned() }, None).into()
}

fn format(media_type: MediaType) -> Option<VideoFormat> {
    match media_type {
        MediaType::Mp4 => Some(VideoFormat::Mp4),
        MediaType::Mov => Some(VideoFormat::Mov),
        MediaType::WebM => Some(VideoFormat::WebM),
        MediaType::Jpeg | MediaType::WebP => None,
    }
}
