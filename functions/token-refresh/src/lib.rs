//! Every half hour: tokens are renewed before they end, and the platforms are told of accounts that were disconnected
//! while they were away. It takes no input and looks at the tables instead, so a missed round heals itself in the next.

use std::time::{Duration, Instant, SystemTime};

use shared::{
    config::{ConfigError, Vars, aws},
    services::{
        disconnect::{Revoker, retry_pending},
        tokens::{Round, Tokens},
    },
    store::StoreError,
};

/// The function's name.
pub const NAME: &str = "token-refresh";

/// What the last batch may take: two calls that time out for each of its accounts, and new tokens that can't be written.
const RESERVE: Duration = Duration::from_secs(120);

/// What the last calls about those who left may take.
const LAST_CALLS: Duration = Duration::from_secs(30);

/// What the round needs.
#[derive(Debug)]
pub struct App {
    tokens: Tokens,
    revoker: Revoker,
}

impl App {
    /// Reads the settings; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let aws = aws::load(vars)?;
        let tokens = Tokens::load(vars, &aws)?;
        let revoker = Revoker { database: tokens.database.clone(), ..Revoker::load(vars, &aws)? };
        Ok(Self { tokens, revoker })
    }

    /// Goes one round, and claims nothing more shortly before `deadline`.
    ///
    /// # Errors
    /// The database failed; what was renewed stays so.
    pub async fn handle(&self, deadline: SystemTime) -> Result<Round, StoreError> {
        let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
        let deadline = Instant::now() + left;
        let round = self.tokens.round(deadline - RESERVE.min(left)).await;
        // Whatever became of the others: those who left wait for it.
        let retried = retry_pending(&self.revoker, (deadline - LAST_CALLS.min(left)).into()).await;
        tracing::info!(?retried, "told the platforms of those who left");
        let round = round?;
        retried.map(|_| round)
    }
}
