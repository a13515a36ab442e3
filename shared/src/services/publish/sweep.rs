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

/// So many messages in a row that the queue doesn't take say that it takes none for now.
const HOPELESS: usize = 3;

/// Tells workers of the posts that are due, until the time is over, but of one at least. The others are put back for the next
/// round, and so are those whose message wasn't sent.
///
/// # Errors
/// See [`SweepError`].
pub async fn sweep(database: &Database, queue: &Queue, until: Instant) -> Result<Swept, SweepError> {
    let mut swept = Swept::default();
    loop {
        let due = publish_due::take(&database.connection().await?, BATCH).await?;
        let untold = tell(queue, &due, until, &mut swept).await;
        if !untold.posts.is_empty() {
            publish_due::put_back(&database.connection().await?, &untold.posts).await?;
            return untold.error.map_or(Ok(swept), |error| Err(error.into()));
        }
        if due.len() < usize::try_from(BATCH).unwrap_or_default() || Instant::now() > until {
            return Ok(swept);
        }
    }
}

/// Posts that no worker is known to have been told of, and why the first of them, if not for want of time.
#[derive(Default)]
struct Untold {
    posts: Vec<PostId>,
    error: Option<QueueError>,
}

/// Whatever becomes of one message, the others are tried, as long as there is hope.
async fn tell(queue: &Queue, due: &[DuePost], until: Instant, swept: &mut Swept) -> Untold {
    let (mut untold, mut failed_in_a_row) = (Untold::default(), 0);
    for (number, post) in due.iter().enumerate() {
        if failed_in_a_row == HOPELESS || number > 0 && Instant::now() > until {
            untold.posts.push(post.id);
            continue;
        }
        match queue.send(job(post).to_message()).await {
            Ok(()) if post.is_started => (swept.started, failed_in_a_row) = (swept.started + 1, 0),
            Ok(()) => (swept.resumed, failed_in_a_row) = (swept.resumed + 1, 0),
            Err(error) => {
                untold.posts.push(post.id);
                untold.error.get_or_insert(error);
                failed_in_a_row += 1;
            }
        }
    }
    untold
}

fn job(post: &DuePost) -> PublishJob {
    PublishJob { platform: Platform::TikTok, post_id: post.id, correlation_id: post.correlation_id.clone() }
}
