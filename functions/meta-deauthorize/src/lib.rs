//! `POST /api/webhooks/instagram/deauthorize`: a person has removed the app at Meta, and is disconnected here as well.

use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    http::{ApiError, Endpoint, Handle, Reply, Request, StatusCode},
    services::{apps::MetaApps, meta_callbacks::MetaCallbacks},
    store::Database,
};

/// The function's name.
pub const NAME: &str = "meta-deauthorize";

/// What the route needs.
#[derive(Debug)]
pub struct App {
    callbacks: MetaCallbacks,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let aws = aws::load(vars)?;
    let apps = MetaApps::load(vars, &aws_sdk_secretsmanager::Client::new(&aws))?;
    let callbacks = MetaCallbacks { apps, database: Database::load(vars, &aws)? };
    Ok(Endpoint::for_signed_callers(NAME, App { callbacks }, Limiter::load(vars)?))
}

impl Handle for App {
    async fn handle(&self, request: &Request) -> Result<Reply, ApiError> {
        self.callbacks.deauthorize(request.body(), &request.visitor()).await?;
        Ok(Reply::new(StatusCode::OK, "text/plain", ""))
    }
}
