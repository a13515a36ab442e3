//! Why a post isn't taken on.

use platforms::error::PlatformError;

use super::Problem;
use crate::{
    domain::{ShapeError, UploadShape},
    services::{idempotency::KeyError, media::MediaError, tokens::TokenError},
    store::StoreError,
};

/// A request to post that isn't carried out. No post was written, unless the database's last word was lost.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The body isn't of the shape that it must have.
    #[error(transparent)]
    Shape(ShapeError),
    /// This way of posting isn't built.
    #[error("{0} is not supported yet")]
    NotSupported(String),
    /// The user has nothing with the id in this member.
    #[error("the user has no such {0}")]
    NotFound(&'static str),
    /// What is wrong with it, all of it.
    #[error("{} of the post's details are wrong", .0.len())]
    Problems(Vec<Problem>),
    /// Its `Idempotency-Key` says that it isn't its turn.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The platform has had too many of our questions for now.
    #[error("the platform wants us to ask less often")]
    Throttled(#[source] PlatformError),
    /// The platform can't say what the account may post.
    #[error("the platform can't say what the account may post")]
    Platform(#[source] PlatformError),
    /// The same, since it took too long.
    #[error("the platform took too long to say what the account may post")]
    TooSlow,
    /// All of it together took too long.
    #[error("the request took too long")]
    Late,
    /// The account's token can't be had at the moment.
    #[error("the account's token can't be had at the moment")]
    Token(#[source] TokenError),
    /// The file can't be looked at.
    #[error(transparent)]
    Media(MediaError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<UploadShape> for UploadError {
    fn from(shape: UploadShape) -> Self {
        match shape {
            UploadShape::Wrong(error) => Self::Shape(error),
            UploadShape::NotSupported(way) => Self::NotSupported(way),
        }
    }
}
