//! Addresses that a browser puts one file to.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_s3::{error::DisplayErrorContext, presigning::PresigningConfig};

use super::{Bucket, BucketError};

platforms::secret! {
    /// Where one file may be put, by whoever knows the address, until it ends.
    UploadAddress,
}

/// What is promised of a file before it's put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise<'a> {
    /// What kind of file it is.
    pub content_type: &'a str,
    /// How many bytes it has.
    pub size: u64,
    /// Its CRC32: four bytes, base64.
    pub checksum: &'a str,
}

/// How to put a file there.
#[derive(Debug, Clone)]
pub struct PresignedPut {
    /// Where to.
    pub address: UploadAddress,
    /// The headers to send, exactly as they are. `Content-Length` is signed as well and not among them: a browser lets
    /// nobody set it, and it and every other client take it from the file.
    pub headers: BTreeMap<String, String>,
}

impl Bucket {
    /// An address that takes this file, and no other, for a while. It ends earlier where the function's own credentials do.
    ///
    /// # Errors
    /// There are no credentials to sign it with.
    pub async fn presign_put(
        &self,
        key: &str,
        promise: Promise<'_>,
        lives: Duration,
    ) -> Result<PresignedPut, BucketError> {
        let unsigned = |error: String| BucketError::Refused(error);
        let ends = PresigningConfig::expires_in(lives).map_err(|error| unsigned(error.to_string()))?;
        let length = i64::try_from(promise.size).map_err(|error| unsigned(error.to_string()))?;
        let put = self.client.put_object().bucket(&self.name).key(key);
        let put = put.content_type(promise.content_type).content_length(length).checksum_crc32(promise.checksum);
        let signed = put.presigned(ends).await.map_err(|error| unsigned(DisplayErrorContext(error).to_string()))?;
        let headers = signed.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Ok(PresignedPut { address: UploadAddress::from(signed.uri().to_owned()), headers })
    }
}
