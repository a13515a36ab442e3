//! `GET /api/{platform}/posts/{postId}`: one of the caller's posts, and what became of it.

use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    domain::catalogue::ErrorCode,
    http::{ApiError, Caller, Endpoint, Handle, Reply, Request},
    services::posts,
    store::Database,
};

/// The function's name.
pub const NAME: &str = "posts-get";

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
        let (platform, id) = (request.platform()?, request.path_id("postId")?);
        let post = posts::get(&self.database, caller.user, platform, id).await?;
        Ok(Reply::ok(&post.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "there is no such post"))?))
    }
}
