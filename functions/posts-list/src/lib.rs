//! `GET /api/{platform}/posts`: the caller's posts, newest first, each with what became of it.

use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    http::{ApiError, Caller, Endpoint, Handle, Reply, Request},
    services::posts,
    store::Database,
};

/// The function's name.
pub const NAME: &str = "posts-list";

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
        let caller = Caller::of(request)?;
        let posts = posts::list(&self.database, caller.user, request.platform()?, request.page()?).await?;
        Ok(Reply::ok(&posts))
    }
}
