//! Every minute: looks after what has gone quiet. It takes no input and looks at the tables instead, so a missed round
//! heals itself in the next.
//!
//! Today that is events that came before the row that they are about, Instagram accounts that nobody has subscribed to
//! webhooks, logins that were started and never finished, revocations whose time is over, and people who want to be
//! forgotten.

use std::time::Duration;

use serde::Serialize;
use shared::{
    config::{ConfigError, Vars, aws},
    queue::Queue,
    services::{
        disconnect, purge,
        subscribe::{self, SweepError},
        webhooks::waiting,
    },
    store::{self, Database},
};
use tokio::time::Instant;

/// The function's name.
pub const NAME: &str = "status-updater";

/// How long a round deletes people's data; what is left is done in the next.
const DELETING: Duration = Duration::from_secs(20);

/// What the round needs.
#[derive(Debug)]
pub struct App {
    database: Database,
    subscriptions: Queue,
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// Events that had waited for their row and have been applied.
    pub events_applied: usize,
    /// Events that have waited too long for their row, and no longer do.
    pub events_given_up: u64,
    /// Instagram accounts that were queued to be subscribed.
    pub subscriptions_queued: usize,
    /// Started logins that were forgotten.
    pub logins_forgotten: u64,
    /// Revocations that no platform heard of within 72 hours.
    pub revocations_expired: usize,
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
        let subscriptions = Queue::new(aws_sdk_sqs::Client::new(&aws), vars.required("SUBSCRIPTIONS_QUEUE_URL")?);
        Ok(Self { database: Database::load(vars, &aws)?, subscriptions })
    }

    /// Goes one round.
    ///
    /// # Errors
    /// The database or the queue failed; what was done before stays done.
    pub async fn handle(&self) -> Result<Round, SweepError> {
        let round = Round {
            events_applied: waiting::sweep(&self.database).await?,
            events_given_up: waiting::give_up_old(&self.database).await?,
            subscriptions_queued: subscribe::sweep(&self.database, &self.subscriptions).await?,
            logins_forgotten: store::oauth_states::forget_old(&self.database.connection().await?).await?,
            revocations_expired: disconnect::end_expired(&self.database).await?,
            deletions_completed: purge::round(&self.database, Instant::now() + DELETING).await?,
        };
        tracing::info!(?round, "went the round");
        Ok(round)
    }
}
