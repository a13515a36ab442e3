//! `POST /api/webhooks/instagram/data-deletion`: a person wants to be forgotten, and gets a code to see how far that is.

use shared::{
    cache::Limiter,
    config::{ConfigError, PublicUrl, Vars, aws},
    http::{ApiError, Endpoint, Handle, Reply, Request},
    services::{apps::MetaApps, meta_callbacks::MetaCallbacks},
    store::Database,
};

/// The function's name.
pub const NAME: &str = "meta-data-deletion";

/// What the route needs.
#[derive(Debug)]
pub struct App {
    callbacks: MetaCallbacks,
    public_url: PublicUrl,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let aws = aws::load(vars)?;
    let apps = MetaApps::load(vars, &aws_sdk_secretsmanager::Client::new(&aws))?;
    let callbacks = MetaCallbacks { apps, database: Database::load(vars, &aws)? };
    let app = App { callbacks, public_url: PublicUrl::load(vars)? };
    Ok(Endpoint::for_signed_callers(NAME, app, Limiter::load(vars)?))
}

impl Handle for App {
    async fn handle(&self, request: &Request) -> Result<Reply, ApiError> {
        let visitor = request.visitor();
        Ok(Reply::ok(&self.callbacks.request_deletion(request.body(), &self.public_url, &visitor).await?))
    }
}
