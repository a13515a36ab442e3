//! Posts: taken on here, published by `publish-worker`.
//!
//! ```text
//! upload   claim the Idempotency-Key → check everything that can be checked, with the platform's own word on the account
//!          → post, first line of its timeline, time of its file, kept answer: one transaction → one message for the worker
//! dry run  the same checks, by the platform's word of the last minute; of the post nothing is written
//! list     what became of them
//! ```
//!
//! All that is wrong is told at once. Where the platform can't be asked the post isn't taken on, and nothing was written.
//! A quota that is used up is no fault of the post: it is taken on, and held.

mod error;
mod list;
mod problem;
mod take;
mod tiktok;

pub use error::UploadError;
pub use list::{get, list};
pub use problem::Problem;
pub use take::{Taken, UploadRequest};

use aws_config::SdkConfig;

use crate::{
    cache::Copies,
    config::{ConfigError, Vars},
    queue::Queue,
    services::{media::MediaFiles, tokens::Tokens},
};

/// What taking posts on needs.
#[derive(Debug)]
pub struct Uploads {
    /// Acts for accounts, and has the tables and platforms.
    pub tokens: Tokens,
    /// People's files.
    pub media: MediaFiles,
    /// Wakes the worker.
    pub queue: Queue,
    /// What TikTok has said of creators in the last minute.
    pub said: Copies,
}

impl Uploads {
    /// `PUBLISH_QUEUE_URL`: the worker's queue. The rest: see [`Tokens::load`], [`MediaFiles::load`] and
    /// [`Copies::load`].
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub fn load(vars: &impl Vars, aws: &SdkConfig) -> Result<Self, ConfigError> {
        let tokens = Tokens::load(vars, aws)?;
        let media = MediaFiles { database: tokens.database.clone(), ..MediaFiles::load(vars, aws)? };
        let queue = Queue::new(aws_sdk_sqs::Client::new(aws), vars.required("PUBLISH_QUEUE_URL")?);
        Ok(Self { tokens, media, queue, said: Copies::load(vars)? })
    }
}
