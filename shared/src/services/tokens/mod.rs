//! Tokens that stay alive: renewed before they end, each by one worker at a time.
//!
//! ```text
//! round   every half hour: what is due, claimed in batches ─┐
//! keeper  on demand: a token that ends, or was refused      ─┴→ renew, under the account's lease
//!                                   tiktok: a pair for a pair  ·  facebook: looked at, and exchanged near its end
//!                                   instagram: prolonged       ·  settle: what a failure means for the account
//! ```
//!
//! TikTok's refresh token works once, so an answer that is lost may cost the account. That a call is under way is
//! written down first, and what it brings is written before anything else is done with it.

mod facebook;
mod give_back;
mod instagram;
mod keeper;
mod renew;
mod round;
mod settle;
mod tiktok;

pub use keeper::{CallError, LivingToken, TokenError};
pub use round::Round;

use aws_config::SdkConfig;

use super::{apps::PlatformApps, connect::PlatformClients};
use crate::{
    config::{ConfigError, Vars},
    crypto::Vault,
    store::Database,
};

/// What renewing needs.
#[derive(Debug)]
pub struct Tokens {
    /// The tables.
    pub database: Database,
    /// Opens tokens, and seals new ones.
    pub vault: Vault,
    /// Our apps.
    pub apps: PlatformApps,
    /// The platforms.
    pub clients: PlatformClients,
}

impl Tokens {
    /// Reads the settings of each; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub fn load(vars: &impl Vars, aws: &SdkConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            database: Database::load(vars, aws)?,
            vault: Vault::load(vars, aws)?,
            apps: PlatformApps::load(vars, &aws_sdk_secretsmanager::Client::new(aws))?,
            clients: PlatformClients::load(vars)?,
        })
    }
}
