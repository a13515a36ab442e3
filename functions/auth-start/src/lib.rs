//! `GET /api/auth/{platform}`: where to send the person's browser, and the cookie that it must come back with.

use serde::Serialize;
use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    http::{ApiError, Caller, Endpoint, Handle, Reply, Request},
    services::{
        apps::PlatformApps,
        connect::{ConsentPages, RedirectUris, ReturnAddresses, Start, StartRequest},
    },
    store::Database,
};

/// The function's name.
pub const NAME: &str = "auth-start";

/// What the route needs.
#[derive(Debug)]
pub struct App {
    start: Start,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let aws = aws::load(vars)?;
    let start = Start {
        pages: ConsentPages::load(vars)?,
        redirect_uris: RedirectUris::load(vars)?,
        return_addresses: ReturnAddresses::load(vars)?,
        apps: PlatformApps::load(vars, &aws_sdk_secretsmanager::Client::new(&aws))?,
        database: Database::load(vars, &aws)?,
    };
    Ok(Endpoint::new(NAME, App { start }, Limiter::load(vars)?))
}

#[derive(Serialize)]
struct Answer<'a> {
    url: &'a str,
    state: &'a str,
}

impl Handle for App {
    async fn handle(&self, request: &Request) -> Result<Reply, ApiError> {
        let caller = Caller::of(request)?;
        let (scopes, return_to) = (request.query("scopes"), request.query("returnTo"));
        let started = self
            .start
            .start(StartRequest {
                user: caller.user,
                platform: request.platform()?,
                scopes: scopes.as_deref(),
                return_to: return_to.as_deref(),
                reconnect: request.flag("reconnect")?,
                visitor: &request.visitor(),
            })
            .await?;
        let answer = Answer { url: started.url.as_str(), state: &started.state };
        Ok(Reply::ok(&answer).with_header("set-cookie", &started.set_cookie()))
    }
}
