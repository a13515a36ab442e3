//! The bucket that people's files lie in.
//!
//! An upload address is made for one file: its type, size and CRC32 are signed with it, so S3 turns other bytes away. What
//! is read is read from one version of a file, by its ETag: half of a replaced file never becomes part of a post.

mod download;
mod error;
mod presign;

use std::ops::Range;

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation},
    types::ChecksumMode,
};

pub use download::{Download, DownloadError};
pub use error::BucketError;
pub use presign::{PresignedPut, Promise, UploadAddress};

use crate::config::{ConfigError, Vars};

/// The bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    client: Client,
    name: String,
}

/// What S3 says of a file without giving it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many bytes it has.
    pub size: u64,
    /// The name of this version.
    pub etag: String,
    /// What was said of it when it was put there.
    pub content_type: Option<String>,
    /// The CRC32 that S3 checked it by, base64.
    pub checksum_crc32: Option<String>,
}

impl Bucket {
    /// `MEDIA_BUCKET`: its name. Connects when first used.
    ///
    /// # Errors
    /// The variable is missing.
    pub fn load(vars: &impl Vars, aws: &SdkConfig) -> Result<Self, ConfigError> {
        // By default the SDK adds the checksum of an upload that has no body yet, and wants one of each part that is read.
        let config = Builder::from(aws)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Ok(Self { client: Client::from_conf(config), name: vars.required("MEDIA_BUCKET")? })
    }

    /// What lies there.
    ///
    /// # Errors
    /// See [`BucketError`].
    pub async fn head(&self, key: &str) -> Result<Head, BucketError> {
        let request = self.client.head_object().bucket(&self.name).key(key).checksum_mode(ChecksumMode::Enabled);
        let found = request.send().await.map_err(BucketError::of_reading)?;
        let size = found.content_length().and_then(|length| u64::try_from(length).ok());
        match (size, found.e_tag) {
            (Some(size), Some(etag)) => {
                Ok(Head { size, etag, content_type: found.content_type, checksum_crc32: found.checksum_crc32 })
            }
            _ => Err(BucketError::Refused("a file without a size or an ETag".to_owned())),
        }
    }

    /// A part of the file that has this ETag, streamed: exactly these bytes, or an error.
    ///
    /// # Errors
    /// See [`BucketError`].
    pub async fn read(&self, key: &str, etag: &str, range: Range<u64>) -> Result<Download, BucketError> {
        let wanted = format!("{}-{}", range.start, range.end.saturating_sub(1));
        let request = self.client.get_object().bucket(&self.name).key(key).if_match(etag);
        let part = request.range(format!("bytes={wanted}")).send().await.map_err(BucketError::of_reading)?;
        // Only a 206 has a range, and only the right one is worth anything.
        let given = part.content_range().and_then(|given| given.strip_prefix("bytes ")?.split_once('/'));
        let length = part.content_length().and_then(|length| u64::try_from(length).ok());
        if given.is_some_and(|(given, _)| given == wanted) && length == range.end.checked_sub(range.start) {
            Ok(Download::new(part.body))
        } else {
            Err(BucketError::Refused(format!("bytes {wanted} were asked for, {:?} were given", part.content_range)))
        }
    }

    /// Deletes a file, if it's there.
    ///
    /// # Errors
    /// See [`BucketError`].
    pub async fn delete(&self, key: &str) -> Result<(), BucketError> {
        let request = self.client.delete_object().bucket(&self.name).key(key);
        request.send().await.map(|_| ()).map_err(BucketError::of_writing)
    }
}

#[cfg(test)]
mod tests;
