//! Every minute: posts whose time has come, and those that lost their message or their worker.

use std::time::{Duration, Instant};

use crate::{
    domain::Platform,
    queue::{Queue, QueueError, publish::PublishJob},
    store::{
        Database, StoreError,
        publish_due::{self, DuePost},
    },
};

/// The most posts that are taken at once.
const BATCH: i64 = 100;
/// How long a sweep takes further batches: the round has other things to do.
const BUDGET: Duration = Duration::from_secs(10);

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Posts whose day came, or whose quota may be free again.
    pub started: usize,
    /// Other posts that a worker was told of once more.
    pub resumed: usize,
}

/// A sweep was not finished.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Tells workers of the posts that are due.
///
/// # Errors
/// See [`SweepError`]. Posts that were taken and whose message isn't sent are due again in five minutes.
pub async fn sweep(database: &Database, queue: &Queue) -> Result<Swept, SweepError> {
    let (began, mut swept) = (Instant::now(), Swept::default());
    loop {
        let due = publish_due::take(&database.connection().await?, BATCH).await?;
        for post in &due {
            queue.send(job(post).to_message()).await?;
            if post.is_started { swept.started += 1 } else { swept.resumed += 1 }
        }
        if due.len() < usize::try_from(BATCH).unwrap_or_default() || began.elapsed() > BUDGET {
            return Ok(swept);
        }
    }
}

fn job(post: &DuePost) -> PublishJob {
    PublishJob { platform: Platform::TikTok, post_id: post.id, correlation_id: post.correlation_id.clone() }
}
