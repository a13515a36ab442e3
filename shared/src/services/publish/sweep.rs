//! Every minute: posts whose time has come, and those that lost their message or their worker.

use tokio::time::Instant;

use crate::{
    domain::{Platform, PostId},
    queue::{Queue, QueueError, publish::PublishJob},
    store::{
        Database, StoreError,
        publish_due::{self, DuePost},
    },
};

/// The most posts that are taken at once.
const BATCH: i64 = 100;

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

/// Tells workers of the posts that are due; takes no further batch after `until`.
///
/// # Errors
/// See [`SweepError`]. Posts whose message wasn't sent are put back for the next round.
pub async fn sweep(database: &Database, queue: &Queue, until: Instant) -> Result<Swept, SweepError> {
    let mut swept = Swept::default();
    loop {
        let due = publish_due::take(&database.connection().await?, BATCH).await?;
        if let Err(Untold { posts, error }) = tell(queue, &due, &mut swept).await {
            publish_due::put_back(&database.connection().await?, &posts).await?;
            return Err(error.into());
        }
        if due.len() < usize::try_from(BATCH).unwrap_or_default() || Instant::now() > until {
            return Ok(swept);
        }
    }
}

/// Posts that no worker is known to have been told of, and why the first of them.
struct Untold {
    posts: Vec<PostId>,
    error: QueueError,
}

/// All of them, whatever becomes of one message.
async fn tell(queue: &Queue, due: &[DuePost], swept: &mut Swept) -> Result<(), Untold> {
    let (mut posts, mut first) = (Vec::new(), None);
    for post in due {
        match queue.send(job(post).to_message()).await {
            Ok(()) if post.is_started => swept.started += 1,
            Ok(()) => swept.resumed += 1,
            Err(error) => {
                posts.push(post.id);
                first.get_or_insert(error);
            }
        }
    }
    first.map_or(Ok(()), |error| Err(Untold { posts, error }))
}

fn job(post: &DuePost) -> PublishJob {
    PublishJob { platform: Platform::TikTok, post_id: post.id, correlation_id: post.correlation_id.clone() }
}
