//! What a person wants to have posted, as the app sends it.
//!
//! Only the shape is read here: an unknown member, a missing one or one of another type. Whether the post may be made is
//! decided by the rules in `services::posts`.

mod tiktok;

use serde_json::Value;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

pub use tiktok::{MediaKind, Mode, Source, TikTokUpload};

use super::{Members, Platform, ShapeError};

/// A request to post something.
#[derive(Debug, Clone, PartialEq)]
pub enum Upload {
    /// To TikTok.
    TikTok(TikTokUpload),
}

/// A body that isn't a request that we can carry out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadShape {
    /// It isn't of the shape that it must have.
    #[error(transparent)]
    Wrong(#[from] ShapeError),
    /// It may well be right, but this way of posting isn't built.
    #[error("{0} is not supported yet")]
    NotSupported(String),
}

impl Upload {
    /// Reads a body.
    ///
    /// # Errors
    /// See [`UploadShape`].
    pub fn read(platform: Platform, body: Value) -> Result<Self, UploadShape> {
        match platform {
            Platform::TikTok => tiktok::read(body).map(Self::TikTok),
            Platform::Instagram => Err(UploadShape::NotSupported("posting to instagram".to_owned())),
        }
    }
}

/// Takes a time, as we write it: RFC 3339.
fn time(members: &mut Members, name: &str) -> Result<Option<OffsetDateTime>, ShapeError> {
    let Some(text) = members.optional::<String>(name)? else { return Ok(None) };
    // The last hours of the year 9999 may be in the next one in UTC, where no time is.
    let time = OffsetDateTime::parse(&text, &Rfc3339).ok().and_then(|time| time.checked_to_offset(UtcOffset::UTC));
    time.map(Some).ok_or_else(|| ShapeError { member: name.to_owned(), problem: "is not a time of RFC 3339" })
}
