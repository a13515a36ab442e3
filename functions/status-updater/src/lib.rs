//! Every minute: looks after what has gone quiet. It takes no input and looks at the tables instead, so a missed round
//! heals itself in the next.
//!
//! Today that is events that came before the row that they are about.

use serde::Serialize;
use shared::{
    config::{ConfigError, Vars, aws},
    services::webhooks::waiting,
    store::{Database, StoreError},
};

/// The function's name.
pub const NAME: &str = "status-updater";

/// What the round needs.
#[derive(Debug)]
pub struct App {
    database: Database,
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// Events that had waited for their row and have been applied.
    pub events_applied: usize,
}

impl App {
    /// Reads the settings; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        Ok(Self { database: Database::load(vars, &aws::load(vars)?)? })
    }

    /// Goes one round.
    ///
    /// # Errors
    /// The database failed; what was done before stays done.
    pub async fn handle(&self) -> Result<Round, StoreError> {
        let round = Round { events_applied: waiting::sweep(&self.database).await? };
        tracing::info!(events_applied = round.events_applied, "went the round");
        Ok(round)
    }
}
