//! Announcing a file: what is promised is written down, and an address is signed that takes it.

use std::{collections::BTreeMap, time::Duration};

use aws_lc_rs::rand;
use time::OffsetDateTime;

use super::{MediaError, MediaFiles};
use crate::{
    domain::{MediaId, MediaType, UserId},
    media::{Promise, UploadAddress},
    store::{self, StoreError, media_uploads::NewMedia},
};

/// How long an upload may begin. S3 looks at the address when a request starts, so a large file may take longer.
pub const UPLOADABLE: Duration = Duration::from_secs(60 * 60);
/// How long a file is kept that no post needs.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A file that somebody wants to put here.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// What kind of file it is.
    pub content_type: MediaType,
    /// How many bytes it has.
    pub size: u64,
    /// Its CRC32: four bytes, base64.
    pub checksum: &'a str,
}

/// Where to put it.
#[derive(Debug)]
pub struct Created {
    /// Its number.
    pub id: MediaId,
    /// Where to put it.
    pub address: UploadAddress,
    /// The headers to send with it.
    pub headers: BTreeMap<String, String>,
    /// When the address ends.
    pub expires_at: OffsetDateTime,
}

impl MediaFiles {
    /// Announces a file.
    ///
    /// # Errors
    /// See [`MediaError`].
    pub async fn create(&self, owner: UserId, file: NewFile<'_>) -> Result<Created, MediaError> {
        let NewFile { content_type, size, checksum } = file;
        check_size(content_type, size)?;
        let object_key = new_key(owner)?;
        let expires_at = OffsetDateTime::now_utc() + UPLOADABLE;
        let expires_at = expires_at - Duration::from_nanos(expires_at.nanosecond().into());
        let promise = Promise { content_type: content_type.as_str(), size, checksum };
        let put = self.bucket.presign_put(&object_key, promise, UPLOADABLE).await.map_err(MediaError::Bucket)?;
        let object_key = &object_key;
        let new = NewMedia { owner, object_key, content_type, size, checksum, expires_at, kept: KEPT };
        let connection = self.database.connection().await?;
        let id = store::media_uploads::insert(&connection, new).await.map_err(not_inserted)?;
        Ok(Created { id, address: put.address, headers: put.headers, expires_at })
    }
}

fn check_size(content_type: MediaType, size: u64) -> Result<(), MediaError> {
    let max = content_type.max_size();
    match size {
        0 => Err(MediaError::Empty),
        size if size > max => Err(MediaError::TooLarge { max }),
        _ => Ok(()),
    }
}

/// Below the user's number, 128 random bits: nobody else finds it.
fn new_key(owner: UserId) -> Result<String, MediaError> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| MediaError::NoRandomness)?;
    let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("media/{owner}/{name}"))
}

fn not_inserted(error: StoreError) -> MediaError {
    if error.violates("media_uploads_user_id_fkey") { MediaError::NoSuchUser } else { error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_users_and_never_the_same() {
        let (one, other) = (new_key(UserId(7)).unwrap(), new_key(UserId(7)).unwrap());
        assert!(one.starts_with("media/7/") && one.len() == "media/7/".len() + 32, "{one}");
        assert_ne!(one, other);
    }

    #[test]
    fn a_file_has_at_least_one_byte_and_no_more_than_a_platform_takes() {
        for (kind, max) in [(MediaType::Mp4, 4_000_000_000), (MediaType::Jpeg, 20_000_000)] {
            assert!(matches!(check_size(kind, 0), Err(MediaError::Empty)));
            assert!([1, max].into_iter().all(|size| check_size(kind, size).is_ok()));
            assert!(matches!(check_size(kind, max + 1), Err(MediaError::TooLarge { max: most }) if most == max));
        }
    }
}
