//! Deleting what no post needs any more: the file first, then its row says so. Whoever dies in between deletes it once
//! more, which does no harm.

use tokio::time::Instant;

use super::MediaFiles;
use crate::{
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

impl MediaFiles {
    /// Deletes files whose time is over, those of people who want to be forgotten among them, until none is left or the
    /// time is; returns how many.
    ///
    /// # Errors
    /// The first failure ends the round. What was deleted stays so.
    pub async fn sweep(&self, until: Instant) -> Result<u64, SweepError> {
        let mut deleted = 0;
        while Instant::now() < until {
            let connection = self.database.connection().await?;
            let due = store::media_uploads::due(&connection, BATCH).await?;
            drop(connection);
            if due.is_empty() {
                break;
            }
            deleted += self.delete(&due, until).await?;
        }
        let connection = self.database.connection().await?;
        store::media_uploads::forget_old(&connection).await?;
        Ok(deleted)
    }

    /// Deletes these, and writes down as far as it came.
    async fn delete(&self, due: &[Due], until: Instant) -> Result<u64, SweepError> {
        let mut gone = Vec::new();
        let mut failure = None;
        for file in due.iter().take_while(|_| Instant::now() < until) {
            match self.bucket.delete(&file.object_key).await {
                Ok(()) => gone.push(file.id),
                Err(error) => {
                    tracing::error!(media = file.id.0, cause = causes(&error), "a file could not be deleted");
                    failure = Some(error);
                    break;
                }
            }
        }
        let connection = self.database.connection().await?;
        let marked = store::media_uploads::mark_deleted(&connection, &gone).await?;
        failure.map_or(Ok(marked), |error| Err(SweepError::Bucket(error)))
    }
}
