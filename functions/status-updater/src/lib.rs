//! Every minute: looks after what has gone quiet. It takes no input and looks at the tables instead, so a missed round
//! heals itself in the next.
//!
//! Today that is posts whose time has come or whose worker was lost; events that came before the row that they are about, were
//! put aside or name nobody; Instagram accounts that nobody has subscribed to webhooks; logins that were started and never
//! finished; answers kept for a day; revocations whose time is over; people who want to be forgotten; and files that no post
//! needs any more.

use std::time::Duration;

use serde::Serialize;
use shared::{
    config::{ConfigError, Vars, aws},
    media::Bucket,
    queue::Queue,
    services::{
        disconnect,
        media::{self, MediaFiles},
        publish, purge, subscribe,
        webhooks::{poison, waiting},
    },
    store::{self, Database, StoreError},
};
use tokio::time::Instant;

/// The function's name.
pub const NAME: &str = "status-updater";

/// When a round is over; what is left is done in the next. It leaves the function ten seconds for what is under way.
const ROUND: Duration = Duration::from_secs(45);
/// When its jobs that may take long begin nothing more. Each has what those before it left, and people who want to be
/// forgotten the last fifteen seconds at least.
const POSTS: Duration = Duration::from_secs(10);
const EVENTS: Duration = Duration::from_secs(20);
const FILES: Duration = Duration::from_secs(30);

/// What the round needs.
#[derive(Debug)]
pub struct App {
    database: Database,
    files: MediaFiles,
    subscriptions: Queue,
    posts: Queue,
}

/// A round was not finished.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Workers were not told of posts.
    #[error(transparent)]
    Posts(#[from] publish::SweepError),
    /// Accounts were not queued to be subscribed.
    #[error(transparent)]
    Subscriptions(#[from] subscribe::SweepError),
    /// Files were not deleted.
    #[error(transparent)]
    Files(#[from] media::SweepError),
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// Posts whose day has come, or whose quota may be free again.
    pub posts_started: usize,
    /// Other posts that were due: their message or their worker was lost, or they are asked for every hour.
    pub posts_resumed: usize,
    /// Events that had waited for their row and have been applied.
    pub events_applied: usize,
    /// Events that have waited too long for their row, and no longer do.
    pub events_given_up: u64,
    /// Events that had been put aside and came through after all.
    pub poison_settled: u64,
    /// Events that name nobody and were kept for long enough.
    pub events_forgotten: u64,
    /// Instagram accounts that were queued to be subscribed.
    pub subscriptions_queued: usize,
    /// Started logins that were forgotten.
    pub logins_forgotten: u64,
    /// Answers to requests with an `Idempotency-Key` that were forgotten.
    pub answers_forgotten: u64,
    /// Revocations that no platform heard of within 72 hours.
    pub revocations_expired: usize,
    /// Files that no post needed any more.
    pub files_deleted: u64,
    /// People whose data was deleted.
    pub deletions_completed: usize,
}

impl App {
    /// Reads the settings; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let aws = aws::load(vars)?;
        let sqs = aws_sdk_sqs::Client::new(&aws);
        let database = Database::load(vars, &aws)?;
        Ok(Self {
            files: MediaFiles { database: database.clone(), bucket: Bucket::load(vars, &aws)? },
            database,
            subscriptions: Queue::new(sqs.clone(), vars.required("SUBSCRIPTIONS_QUEUE_URL")?),
            posts: Queue::new(sqs, vars.required("PUBLISH_QUEUE_URL")?),
        })
    }

    /// Goes one round. A job that fails costs the others nothing.
    ///
    /// # Errors
    /// The first of the failures; what was done stays done.
    pub async fn handle(&self) -> Result<Round, RoundError> {
        let (database, began) = (&self.database, Instant::now());
        let posts = publish::sweep(database, &self.posts, began + POSTS).await;
        let events_applied = waiting::sweep(database, began + EVENTS).await;
        let events_given_up = waiting::give_up_old(database).await;
        let poison_settled = poison::settle(database).await;
        let events_forgotten = self.forget_nameless_events().await;
        let subscriptions_queued = subscribe::sweep(database, &self.subscriptions).await;
        let logins_forgotten = self.forget_logins().await;
        let answers_forgotten = self.forget_answers().await;
        let revocations_expired = disconnect::end_expired(database).await;
        // Before the people whose files these may be.
        let files_deleted = self.files.sweep(began + FILES).await;
        let deletions_completed = purge::round(database, began + ROUND).await;
        let posts = posts?;
        let round = Round {
            posts_started: posts.started,
            posts_resumed: posts.resumed,
            events_applied: events_applied?,
            events_given_up: events_given_up?,
            poison_settled: poison_settled?,
            events_forgotten: events_forgotten?,
            subscriptions_queued: subscriptions_queued?,
            logins_forgotten: logins_forgotten?,
            answers_forgotten: answers_forgotten?,
            revocations_expired: revocations_expired?,
            files_deleted: files_deleted?,
            deletions_completed: deletions_completed?,
        };
        tracing::info!(?round, "went the round");
        Ok(round)
    }

    async fn forget_nameless_events(&self) -> Result<u64, StoreError> {
        store::webhook_events::forget_nameless(&self.database.connection().await?).await
    }

    async fn forget_logins(&self) -> Result<u64, StoreError> {
        store::oauth_states::forget_old(&self.database.connection().await?).await
    }

    async fn forget_answers(&self) -> Result<u64, StoreError> {
        store::idempotency_keys::forget_old(&self.database.connection().await?).await
    }
}
