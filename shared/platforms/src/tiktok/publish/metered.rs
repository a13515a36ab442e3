//! A chunk's bytes on their way: never more or fewer than announced, and watched so that a stall is noticed.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use tokio::time::timeout;

/// How long nothing may move. TikTok answers a chunk only after it has stored it.
pub(super) const STALL: Duration = Duration::from_secs(20);

/// Why the source doesn't give what was announced.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Reading it failed.
    #[error("the source can't be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It has fewer bytes than the chunk: it is another file than was planned for.
    #[error("the source ends early")]
    Short,
    /// It has more bytes than the chunk.
    #[error("the source has more than the chunk")]
    Long,
}

/// Nothing has moved for too long.
#[derive(Debug)]
pub(super) struct Stalled;

/// What is known of a body that somebody else has taken away to send.
#[derive(Debug, Default)]
pub(super) struct Progress {
    moved: AtomicU64,
    failure: Mutex<Option<SourceError>>,
}

impl Progress {
    /// What went wrong with the source, if that was it.
    pub(super) fn failure(&self) -> Option<SourceError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn moved(&self) -> u64 {
        self.moved.load(Ordering::Relaxed)
    }

    /// Waits for `call` as long as something moves: at least [`STALL`], at most twice as long.
    pub(super) async fn watch<F: Future>(&self, call: F) -> Result<F::Output, Stalled> {
        let mut call = pin!(call);
        loop {
            let before = self.moved();
            match timeout(STALL, &mut call).await {
                Ok(output) => return Ok(output),
                Err(_) if self.moved() == before => return Err(Stalled),
                Err(_) => {}
            }
        }
    }
}

/// The bytes of a chunk. Holds none of them back, so memory doesn't grow with the chunk.
pub(super) struct Metered<B> {
    source: Pin<Box<B>>,
    left: u64,
    progress: Arc<Progress>,
}

impl<B: Body> Metered<B> {
    pub(super) fn new(source: B, length: u64) -> (Self, Arc<Progress>) {
        let progress = Arc::<Progress>::default();
        (Self { source: Box::pin(source), left: length, progress: Arc::clone(&progress) }, progress)
    }

    /// The sender is told only that the body broke off; why is kept here.
    fn fail(&self, failure: SourceError) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        *self.progress.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
        Poll::Ready(Some(Err("the source of the chunk")))
    }

    fn pass(&mut self, mut data: B::Data) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let bytes = data.copy_to_bytes(data.remaining());
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else { return self.fail(SourceError::Long) };
        self.left = left;
        self.progress.moved.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

impl<B> Body for Metered<B>
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        loop {
            match ready!(self.source.as_mut().poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => return self.pass(data),
                    Err(_trailers) => {}
                },
                Some(Err(error)) => return self.fail(SourceError::Unreadable(error.into())),
                None if self.left > 0 => return self.fail(SourceError::Short),
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests;
