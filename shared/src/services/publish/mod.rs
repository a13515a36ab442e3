//! Publishing: what becomes of a post once it's in the tables.
//!
//! ```text
//! upload (a person's request)   writes the row, sends a message
//! status-updater → sweep        what has waited for its time, and what lost its message or its worker: a message again
//! publish-worker → work         claims the post, takes one step after the other, and gives it back: a message with a delay
//! webhook-processor             moves the row as well, at any moment
//! auth-callback                 an account is back: what became of its posts may be asked again
//! ```
//!
//! The row says what is next; a message is only a hint that somebody should look, so it may come twice, late or never.
//! Whoever looks claims the post first, for 200 seconds. Each step is written down before the next begins, and a call that
//! can't be taken back before it's made: a crash at any point is readable from the row, and a post is never made twice.

mod clock;
mod failure;
pub(crate) mod pauses;
mod sweep;
mod tiktok;

pub use clock::Clock;
pub use sweep::{SweepError, Swept, sweep};

use platforms::tiktok::publish::target::UploadHosts;

use super::{media::MediaFiles, tokens::Tokens};
use crate::{
    config::{ConfigError, Vars},
    domain::Platform,
    queue::{Queue, QueueError, publish::PublishJob},
    store::StoreError,
};

/// What publishing needs.
#[derive(Debug)]
pub struct Publisher {
    /// Living tokens, with the tables, the vault and the platforms.
    pub tokens: Tokens,
    /// People's files.
    pub files: MediaFiles,
    /// Where a worker asks for another one.
    pub queue: Queue,
    /// Where bytes may go to.
    pub upload_hosts: UploadHosts,
    /// How many workers there are.
    pub concurrency: u32,
}

/// A post was left in the middle of a step: its message has to come back.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Nobody here publishes there.
    #[error("nothing is published on {} from this queue", .0.as_str())]
    NotPublishedHere(Platform),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The message that asks for the next step isn't sent; `status-updater` would send it as well.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl Publisher {
    /// Takes a post's next steps, as far as the clock allows. What is done, in others' hands or not due is left alone.
    ///
    /// # Errors
    /// See [`PublishError`].
    pub async fn work(&self, job: &PublishJob, clock: Clock) -> Result<(), PublishError> {
        match job.platform {
            Platform::TikTok => Box::pin(self.work_on_tiktok(job.post_id, clock)).await,
            Platform::Instagram => Err(PublishError::NotPublishedHere(job.platform)),
        }
    }
}

/// `TIKTOK_UPLOAD_HOSTS`: the hosts that TikTok may have bytes sent to, with commas, instead of its own.
///
/// # Errors
/// It's malformed.
pub fn upload_hosts(vars: &impl Vars) -> Result<UploadHosts, ConfigError> {
    const NAME: &str = "TIKTOK_UPLOAD_HOSTS";
    let hosts: Option<String> = vars.optional(NAME)?;
    let Some(hosts) = hosts else { return Ok(UploadHosts::tiktok()) };
    UploadHosts::parse(hosts.split(',').map(str::trim)).map_err(|_| ConfigError::Malformed(NAME))
}
