//! `GET /api/data-deletion/{code}`: how far the deletion of somebody's data is, for people as a page, for programs as JSON.

mod page;

use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    domain::catalogue::ErrorCode,
    http::{ApiError, Endpoint, Handle, Reply, Request, StatusCode},
    services::data_deletions,
    store::Database,
};

/// The function's name.
pub const NAME: &str = "data-deletion-status";

/// What the route needs.
#[derive(Debug)]
pub struct App {
    database: Database,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let app = App { database: Database::load(vars, &aws::load(vars)?)? };
    Ok(Endpoint::new(NAME, app, Limiter::load(vars)?))
}

impl Handle for App {
    async fn handle(&self, request: &Request) -> Result<Reply, ApiError> {
        let code: String = request.path_id("code")?;
        let found = data_deletions::find(&self.database, &code).await?;
        match (found, wants_json(request)) {
            (Some(deletion), true) => Ok(Reply::ok(&deletion)),
            (Some(deletion), false) => Ok(page::reply(StatusCode::OK, &page::of(&code, &deletion))),
            (None, true) => Err(ApiError::new(ErrorCode::NotFound, "there is no deletion with this code")),
            (None, false) => Ok(page::reply(StatusCode::NOT_FOUND, &page::unknown())),
        }
        .map(|reply| reply.with_header("vary", "accept"))
    }
}

/// A browser asks for pages, and a program for JSON.
fn wants_json(request: &Request) -> bool {
    let accepted = request.header("accept").unwrap_or_default();
    accepted.contains("application/json") && !accepted.contains("text/html")
}
