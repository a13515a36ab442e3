//! What can go wrong with the bucket.

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{DisplayErrorContext, SdkError},
};

/// S3 did not do what it was asked. A variant for each thing that a caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// Nothing lies there.
    #[error("the bucket has no such file")]
    Gone,
    /// The file isn't the one that was meant: it was replaced.
    #[error("the file was replaced")]
    Changed,
    /// S3 can't be reached, or has trouble of its own. Later it may work.
    #[error("S3 is not available: {0}")]
    Unavailable(String),
    /// S3 refuses this, or gives something else: until somebody has looked after permissions, say.
    #[error("S3 did not do it: {0}")]
    Refused(String),
}

impl BucketError {
    /// Who reads may list the bucket, so that 404 is said of what isn't there, and of nothing else.
    pub(super) fn of_reading<E: std::error::Error + 'static>(error: SdkError<E, HttpResponse>) -> Self {
        match status(&error) {
            Some(404) => Self::Gone,
            Some(412) => Self::Changed,
            _ => Self::of_writing(error),
        }
    }

    /// To whoever writes, 403 says that the function's permissions are wrong.
    pub(super) fn of_writing<E: std::error::Error + 'static>(error: SdkError<E, HttpResponse>) -> Self {
        let status = status(&error);
        let story = DisplayErrorContext(error).to_string();
        match status {
            None | Some(408 | 409 | 429 | 500..) => Self::Unavailable(story),
            Some(_) => Self::Refused(story),
        }
    }
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}
