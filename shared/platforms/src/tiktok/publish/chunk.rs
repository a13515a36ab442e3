//! Sends a chunk of a file to where TikTok takes it.
//!
//! The address itself is the credential, so no token goes with it; what is answered is bare HTTP, not the envelope.
//!
//! developers.tiktok.com, Content Posting API: media transfer guide.

use std::time::Duration;

use http_body::Body;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap};

use super::{
    chunks::Chunk,
    metered::{Metered, Stalled},
    target::UploadTarget,
};
use crate::{
    tiktok::api::Api,
    transport::{self, TransportError},
};

pub use super::metered::SourceError;

/// What a chunk may take besides its bytes.
const PATIENCE: Duration = Duration::from_secs(30);
/// The slowest that its bytes may go, in bytes a second.
const SLOWEST: u64 = 256 * 1024;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VideoFormat {
    /// MPEG-4, which TikTok prefers.
    Mp4,
    /// QuickTime.
    Mov,
    /// WebM.
    WebM,
}

impl VideoFormat {
    /// `Content-Type`.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::WebM => "video/webm",
        }
    }
}

/// What TikTok said to a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkAnswer {
    /// It was taken. Send what comes after `received`; where nothing does, status/fetch tells the rest.
    Accepted {
        /// How many bytes of the file TikTok says that it has; the chunk's end where it doesn't say.
        received: u64,
    },
    /// It was the last, and TikTok has the whole file.
    Complete,
    /// It isn't what comes next. Go on after `received`, which may be the chunk's end: then it had been taken before.
    OutOfStep {
        /// How many bytes TikTok has, where it says; otherwise status/fetch does.
        received: Option<u64>,
    },
    /// The address has expired, or the upload isn't known any more. No byte will ever be taken there again.
    Expired {
        /// The status.
        status: u16,
    },
    /// TikTok's own trouble: send the same chunk again, after a while.
    Transient {
        /// The status.
        status: u16,
    },
    /// The request is wrong, and would be wrong again.
    Refused {
        /// The status.
        status: u16,
    },
}

/// A chunk without an answer. But for [`ChunkError::Transport`] with [`TransportError::NotSent`], TikTok may have it:
/// status/fetch tells.
#[derive(Debug, thiserror::Error)]
pub enum ChunkError {
    /// The request failed.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// For a while no byte moved, in whichever direction.
    #[error("the transfer has stalled")]
    Stalled,
    /// The bytes could not be read as announced.
    #[error("the chunk's bytes are not as announced")]
    Source(#[source] SourceError),
}

impl Api {
    /// Sends a chunk, streaming its bytes from `source`. Sent once.
    ///
    /// # Errors
    /// See [`ChunkError`].
    pub async fn put_chunk<B>(
        &self,
        target: &UploadTarget,
        chunk: Chunk,
        format: VideoFormat,
        source: B,
    ) -> Result<ChunkAnswer, ChunkError>
    where
        B: Body + Send + Sync + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (body, progress) = Metered::new(source, chunk.length());
        let request = self
            .transport()
            .put(target.expose())
            .timeout(time_for(chunk.length()))
            .header(CONTENT_TYPE, format.content_type())
            .header(CONTENT_LENGTH, chunk.length())
            .header(CONTENT_RANGE, chunk.content_range())
            .body(reqwest::Body::wrap(body));
        let answered = progress.watch(self.answer(request, chunk)).await.map_err(|Stalled| ChunkError::Stalled)?;
        answered.map_err(|error| progress.failure().map_or(ChunkError::Transport(error), ChunkError::Source))
    }

    async fn answer(&self, request: reqwest::RequestBuilder, chunk: Chunk) -> Result<ChunkAnswer, TransportError> {
        let answer = self.transport().send(request).await?;
        let reported = reported(answer.headers());
        Ok(read(transport::read(answer).await?.status, reported, chunk))
    }
}

/// How long a chunk of this length may take.
fn time_for(length: u64) -> Duration {
    PATIENCE + Duration::from_secs(length / SLOWEST)
}

/// X of `Content-Range: bytes 0-X/total`.
fn reported(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?.trim().strip_prefix("bytes")?;
    range.split_once('/')?.0.split_once('-')?.1.trim().parse().ok()
}

fn read(status: u16, reported: Option<u64>, chunk: Chunk) -> ChunkAnswer {
    let received = reported.map(|reported| chunk.plan().received(reported));
    match status {
        201 if chunk.is_last() => ChunkAnswer::Complete,
        200..300 => ChunkAnswer::Accepted { received: received.unwrap_or(chunk.range().end) },
        416 => ChunkAnswer::OutOfStep { received },
        403 | 404 | 410 => ChunkAnswer::Expired { status },
        408 | 429 | 500.. => ChunkAnswer::Transient { status },
        _ => ChunkAnswer::Refused { status },
    }
}

#[cfg(test)]
mod tests;
