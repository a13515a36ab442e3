//! Every half hour: tokens are renewed before they end. It takes no input and looks at the tables instead, so a missed
//! round heals itself in the next.

use std::time::{Duration, Instant, SystemTime};

use shared::{
    config::{ConfigError, Vars, aws},
    crypto::Vault,
    services::{
        apps::PlatformApps,
        connect::PlatformClients,
        tokens::{Round, Tokens},
    },
    store::{Database, StoreError},
};

/// The function's name.
pub const NAME: &str = "token-refresh";

/// What the last batch may take: two calls that time out for each of its accounts, and the writes.
const RESERVE: Duration = Duration::from_secs(120);

/// What the round needs.
#[derive(Debug)]
pub struct App {
    tokens: Tokens,
}

impl App {
    /// Reads the settings; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let aws = aws::load(vars)?;
        let tokens = Tokens {
            database: Database::load(vars, &aws)?,
            vault: Vault::load(vars, &aws)?,
            apps: PlatformApps::load(vars, &aws_sdk_secretsmanager::Client::new(&aws))?,
            clients: PlatformClients::load(vars)?,
        };
        Ok(Self { tokens })
    }

    /// Goes one round, and claims nothing more shortly before `deadline`.
    ///
    /// # Errors
    /// The database failed; what was renewed stays so.
    pub async fn handle(&self, deadline: SystemTime) -> Result<Round, StoreError> {
        let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
        self.tokens.round(Instant::now() + left.saturating_sub(RESERVE)).await
    }
}
