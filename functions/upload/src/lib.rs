//! `POST /api/{platform}/upload`: a post is taken on; with `?dryRun=true`, what would be wrong with it.

use serde::Serialize;
use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    http::{ApiError, Caller, Endpoint, Handle, Reply, Request, StatusCode},
    services::posts::{Problem, Taken, UploadRequest, Uploads},
};

/// The function's name.
pub const NAME: &str = "upload";

/// What the route needs.
#[derive(Debug)]
pub struct App {
    uploads: Uploads,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let app = App { uploads: Uploads::load(vars, &aws::load(vars)?)? };
    Ok(Endpoint::new(NAME, app, Limiter::load(vars)?))
}

#[derive(Serialize)]
struct DryRun {
    problems: Vec<Problem>,
}

impl Handle for App {
    async fn handle(&self, request: &Request) -> Result<Reply, ApiError> {
        let owner = Caller::of(request)?.user;
        request.only_query(&["dryRun"])?;
        let (platform, dry_run, body) = (request.platform()?, request.flag("dryRun")?, request.json()?);
        if dry_run {
            let problems = self.uploads.problems(owner, platform, body).await?;
            return Ok(Reply::ok(&DryRun { problems }));
        }
        let (key, correlation_id) = (request.idempotency_key()?, request.correlation_id());
        let wish = UploadRequest { owner, platform, body, raw: request.body(), key, correlation_id };
        Ok(reply(self.uploads.take(wish).await?))
    }
}

/// A kept answer is the same, byte by byte.
fn reply(Taken { answer, replayed }: Taken) -> Reply {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::ACCEPTED);
    let reply = Reply::written(status, answer.body);
    if replayed { reply.with_header("idempotency-replayed", "true") } else { reply }
}
