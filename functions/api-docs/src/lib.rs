//! `GET /api/openapi.json`: the contract, as `openapi.yaml` has it.

use shared::{
    cache::Limiter,
    config::{ConfigError, Vars},
    http::{ApiError, Endpoint, Handle, Reply, Request, StatusCode},
};

/// The function's name.
pub const NAME: &str = "api-docs";

/// The contract as JSON.
pub const CONTRACT: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

/// What the route needs: nothing.
#[derive(Debug)]
pub struct App;

/// The function.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    Ok(Endpoint::new(NAME, App, Limiter::load(vars)?))
}

impl Handle for App {
    async fn handle(&self, _: &Request) -> Result<Reply, ApiError> {
        let reply = Reply::new(StatusCode::OK, "application/json", CONTRACT);
        Ok(reply.with_header("cache-control", "public, max-age=300"))
    }
}
