//! `DELETE /api/auth/{platform}/{accountId}`: the account is disconnected here, and the platform is told.

use serde::Serialize;
use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    http::{ApiError, Caller, Endpoint, Handle, Reply, Request},
    services::disconnect::{Disconnect, Revoked, Revoker},
};

/// The function's name.
pub const NAME: &str = "auth-disconnect";

/// What the route needs.
#[derive(Debug)]
pub struct App {
    disconnect: Disconnect,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let disconnect = Disconnect { revoker: Revoker::load(vars, &aws::load(vars)?)? };
    Ok(Endpoint::new(NAME, App { disconnect }, Limiter::load(vars)?))
}

#[derive(Serialize)]
struct Answer {
    revoked: Revoked,
}

impl Handle for App {
    async fn handle(&self, request: &Request) -> Result<Reply, ApiError> {
        let caller = Caller::of(request)?;
        let (platform, account) = (request.platform()?, request.path_id("accountId")?);
        let revoked = self.disconnect.disconnect(caller.user, platform, account, &request.visitor()).await?;
        Ok(Reply::ok(&Answer { revoked }))
    }
}
