//! Bytes on their way from the bucket.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// A part of a file, as it arrives. Nothing of it is kept here.
#[derive(Debug)]
pub struct Download(SdkBody);

/// The bytes stopped coming.
#[derive(Debug, thiserror::Error)]
#[error("the file stopped arriving")]
pub struct DownloadError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl Download {
    pub(super) fn new(stream: ByteStream) -> Self {
        Self(stream.into_inner())
    }

    /// All of it at once: for parts that are small.
    ///
    /// # Errors
    /// The bytes stopped coming.
    pub async fn bytes(self) -> Result<Bytes, DownloadError> {
        let all = ByteStream::new(self.0).collect().await;
        all.map(|all| all.into_bytes()).map_err(|error| DownloadError(error.into()))
    }
}

impl Body for Download {
    type Data = Bytes;
    type Error = DownloadError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, DownloadError>>> {
        Pin::new(&mut self.0).poll_frame(context).map_err(DownloadError)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_can_be_sent_on_as_it_arrives() {
        fn is_source<B: Body<Data = Bytes> + Send + Sync + 'static>()
        where
            B::Error: std::error::Error + Send + Sync,
        {
        }
        is_source::<Download>();
    }
}
