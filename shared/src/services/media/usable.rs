//! Whether a file may be used in a post: looked at once, when the first post names it.

use std::{ops::Range, time::Duration};

use bytes::Bytes;
use tokio::time::timeout;

use super::{MediaError, MediaFiles, error::PartError};
use crate::{
    domain::{MediaId, MediaStatus, MediaType, UserId},
    media::{
        BucketError, Facts, Head,
        probe::{self, Container, ImageFormat},
    },
    store::{self, media_uploads::Media},
};

/// How long a look at a file may take.
const LOOKING: Duration = Duration::from_secs(10);

/// A file that may be used in a post.
#[derive(Debug, Clone, PartialEq)]
pub struct Usable {
    /// Its row, with the ETag that every read of the file must demand.
    pub media: Media,
    /// What it is.
    pub facts: Facts,
}

impl MediaFiles {
    /// The owner's file, if it's there, still kept, as it was promised, and what it says that it is. Whoever then needs it
    /// for a post says so with [`keep`](store::media_uploads::keep).
    ///
    /// # Errors
    /// See [`MediaError`].
    pub async fn usable(&self, owner: UserId, id: MediaId) -> Result<Usable, MediaError> {
        let mut media = self.find(owner, id).await?;
        let head = self.head(&media).await?;
        let known = media.facts.take().and_then(|facts| serde_json::from_value(facts).ok());
        let facts = match known {
            _ if media.etag.as_ref().is_some_and(|etag| *etag != head.etag) => {
                return Err(MediaError::Different("version"));
            }
            Some(facts) if media.etag.is_some() => facts,
            _ => self.look(&media, &head).await?,
        };
        Ok(Usable { media: Media { etag: Some(head.etag), status: MediaStatus::Stored, ..media }, facts })
    }

    async fn find(&self, owner: UserId, id: MediaId) -> Result<Media, MediaError> {
        let connection = self.database.connection().await?;
        let media = store::media_uploads::find(&connection, owner, id).await?.ok_or(MediaError::NotFound)?;
        if media.is_kept { Ok(media) } else { Err(MediaError::Expired) }
    }

    async fn head(&self, media: &Media) -> Result<Head, MediaError> {
        self.bucket.head(&media.object_key).await.map_err(|error| match error {
            BucketError::Gone if media.status == MediaStatus::Pending => MediaError::NotUploaded,
            BucketError::Gone => MediaError::Expired,
            error => MediaError::Bucket(error),
        })
    }

    /// The first look, which is written down.
    async fn look(&self, media: &Media, head: &Head) -> Result<Facts, MediaError> {
        is_as_promised(media, head)?;
        let facts = timeout(LOOKING, self.facts(media, head)).await.map_err(|_| MediaError::TooSlow)??;
        if !is_of_kind(media.content_type, &facts) {
            return Err(MediaError::OtherKind);
        }
        let json = serde_json::to_value(&facts).unwrap_or_default();
        let connection = self.database.connection().await?;
        if store::media_uploads::mark_stored(&connection, media.id, &head.etag, &json).await? {
            Ok(facts)
        } else {
            Err(MediaError::Different("version"))
        }
    }

    async fn facts(&self, media: &Media, head: &Head) -> Result<Facts, MediaError> {
        let read = |range| self.part(media, head, range);
        Ok(if media.content_type.is_video() {
            Facts::Video(probe::probe(head.size, read).await?)
        } else {
            Facts::Image(probe::probe_image(head.size, read).await?)
        })
    }

    async fn part(&self, media: &Media, head: &Head, range: Range<u64>) -> Result<Bytes, PartError> {
        Ok(self.bucket.read(&media.object_key, &head.etag, range).await?.bytes().await?)
    }
}

/// S3 has compared these already where the address was used as it was signed.
fn is_as_promised(media: &Media, head: &Head) -> Result<(), MediaError> {
    if head.size != media.size {
        return Err(MediaError::Different("size"));
    }
    if head.checksum_crc32.as_ref() != Some(&media.checksum) {
        return Err(MediaError::Different("checksum"));
    }
    Ok(())
}

/// MP4 and MOV are told apart by a brand that cameras and editors often get wrong, so either passes for the other. Sound
/// alone is no video.
fn is_of_kind(promised: MediaType, facts: &Facts) -> bool {
    match (promised, facts) {
        (_, Facts::Video(facts)) if facts.video.is_none() => false,
        (MediaType::Mp4 | MediaType::Mov, Facts::Video(facts)) => facts.container != Container::WebM,
        (MediaType::WebM, Facts::Video(facts)) => facts.container == Container::WebM,
        (MediaType::Jpeg, Facts::Image(facts)) => facts.format == ImageFormat::Jpeg,
        (MediaType::WebP, Facts::Image(facts)) => facts.format == ImageFormat::WebP,
        (_, Facts::Video(_) | Facts::Image(_)) => false,
    }
}
