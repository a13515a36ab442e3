//! Why a file can't be used.

use crate::{
    domain::catalogue::ErrorCode,
    media::{BucketError, DownloadError, probe::ProbeError},
    store::StoreError,
};

/// A file can't be created or used.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The token names a user that doesn't exist.
    #[error("there is no such user")]
    NoSuchUser,
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It has more bytes than any platform takes.
    #[error("a file of this kind has at most {max} bytes")]
    TooLarge {
        /// How many it may have.
        max: u64,
    },
    /// The user has no such file.
    #[error("there is no such file")]
    NotFound,
    /// It isn't kept any more.
    #[error("the file is no longer kept")]
    Expired,
    /// It was announced, and isn't there yet.
    #[error("the file has not arrived yet")]
    NotUploaded,
    /// What is there isn't what was promised, or was checked.
    #[error("the file is another one than was announced: its {0} differs")]
    Different(&'static str),
    /// It isn't what it was said to be.
    #[error("the file is of another kind than was announced")]
    OtherKind,
    /// It's damaged, or too odd to be read.
    #[error("the file can't be read: it is damaged, or its headers are scattered")]
    Unreadable,
    /// S3 failed.
    #[error("the bucket did not do it")]
    Bucket(#[source] BucketError),
    /// S3 took too long, or stopped in the middle.
    #[error("the bucket took too long")]
    TooSlow,
    /// No random key could be made.
    #[error("there is no randomness")]
    NoRandomness,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MediaError {
    /// Which failure it is to a caller.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoSuchUser => ErrorCode::Unauthenticated,
            Self::TooLarge { .. } => ErrorCode::PayloadTooLarge,
            Self::NotFound => ErrorCode::NotFound,
            Self::Expired => ErrorCode::MediaExpired,
            Self::NotUploaded => ErrorCode::MediaNotReady,
            Self::Different(_) => ErrorCode::MediaDiffers,
            Self::OtherKind => ErrorCode::MediaTypeUnsupported,
            Self::Empty | Self::Unreadable => ErrorCode::MediaUnreadable,
            Self::NoRandomness => ErrorCode::InternalError,
            Self::Bucket(_) | Self::TooSlow | Self::Store(_) => ErrorCode::ServiceUnavailable,
        }
    }
}

/// What reading a part of a file may fail with.
#[derive(Debug, thiserror::Error)]
pub(super) enum PartError {
    #[error(transparent)]
    Bucket(#[from] BucketError),
    #[error(transparent)]
    Download(#[from] DownloadError),
}

impl From<ProbeError<PartError>> for MediaError {
    fn from(error: ProbeError<PartError>) -> Self {
        match error {
            ProbeError::OtherKind => Self::OtherKind,
            ProbeError::Damaged | ProbeError::TooScattered => Self::Unreadable,
            ProbeError::Source(PartError::Bucket(BucketError::Gone)) => Self::NotUploaded,
            ProbeError::Source(PartError::Bucket(BucketError::Changed)) => Self::Different("version"),
            ProbeError::Source(PartError::Bucket(error)) => Self::Bucket(error),
            ProbeError::Source(PartError::Download(_)) => Self::TooSlow,
        }
    }
}
