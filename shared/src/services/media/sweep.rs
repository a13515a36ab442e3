//! Deleting what no post needs any more: the file first, then its row says so. Whoever dies in between deletes it once
//! more, which does no harm.

use tokio::time::Instant;

use super::MediaFiles;
use crate::{
    domain::MediaId,
    media::BucketError,
    store::{self, StoreError, media_uploads::Due},
    telemetry::causes,
};

/// How many files are taken at a time.
const BATCH: i64 = 100;

/// Files weren't deleted, and will be in a later round.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// S3 failed.
    #[error("a file could not be deleted")]
    Bucket(#[source] BucketError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What has become of files whose time is over.
#[derive(Debug, Default)]
struct Swept {
    deleted: u64,
    /// Those that could not be deleted.
    left: Vec<MediaId>,
    /// Why the first of them could not.
    failure: Option<BucketError>,
}

impl MediaFiles {
    /// Deletes files whose time is over, those of people who want to be forgotten among them, until none is left or the
    /// time is; returns how many.
    ///
    /// # Errors
    /// The first file that could not be deleted. It keeps no other one.
    pub async fn sweep(&self, until: Instant) -> Result<u64, SweepError> {
        let mut swept = Swept::default();
        while Instant::now() < until {
            let connection = self.database.connection().await?;
            let due = store::media_uploads::due(&connection, &swept.left, BATCH).await?;
            drop(connection);
            if due.is_empty() {
                break;
            }
            self.delete(&due, until, &mut swept).await?;
        }
        let connection = self.database.connection().await?;
        store::media_uploads::forget_old(&connection).await?;
        swept.failure.map_or(Ok(swept.deleted), |error| Err(SweepError::Bucket(error)))
    }

    /// Deletes these, and writes down as far as it came.
    async fn delete(&self, due: &[Due], until: Instant, swept: &mut Swept) -> Result<(), StoreError> {
        let mut gone = Vec::new();
        for file in due.iter().take_while(|_| Instant::now() < until) {
            match self.bucket.delete(&file.object_key).await {
                Ok(()) => gone.push(file.id),
                Err(error) => {
                    tracing::error!(media = file.id.0, cause = causes(&error), "a file could not be deleted");
                    swept.left.push(file.id);
                    swept.failure.get_or_insert(error);
                }
            }
        }
        let connection = self.database.connection().await?;
        swept.deleted += store::media_uploads::mark_deleted(&connection, &gone).await?;
        Ok(())
    }
}
