//! `GET /api/health`: the build's version, and whether what it stands on answers.
//!
//! Without the database nothing works: then the status is 503. Without Redis everything works, only unlimited.

use std::time::Duration;

use serde::Serialize;
use shared::{
    cache::{Cache, Limiter},
    config::{ConfigError, Vars, aws},
    http::{ApiError, Endpoint, Handle, Reply, Request, StatusCode},
    store::Database,
};
use tokio::time::timeout;

/// The function's name.
pub const NAME: &str = "health";

/// How long each dependency may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the route needs.
#[derive(Debug)]
pub struct App {
    database: Database,
    cache: Cache,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let app = App { database: Database::load(vars, &aws::load(vars)?)?, cache: Cache::load(vars)? };
    Ok(Endpoint::new(NAME, app, Limiter::load(vars)?))
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    dependencies: Dependencies,
}

#[derive(Serialize)]
struct Dependencies {
    database: &'static str,
    redis: &'static str,
}

impl Handle for App {
    async fn handle(&self, _: &Request) -> Result<Reply, ApiError> {
        let (database, redis) = tokio::join!(
            answers("database", async { self.database.connection().await.map(|_| ()) }),
            answers("redis", self.cache.ping())
        );
        let (code, status) = match (database, redis) {
            (true, true) => (StatusCode::OK, "ok"),
            (true, false) => (StatusCode::OK, "degraded"),
            (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        };
        let dependencies = Dependencies { database: word(database), redis: word(redis) };
        Ok(Reply::json(code, &Health { status, version: env!("CARGO_PKG_VERSION"), dependencies }))
    }
}

async fn answers<E: std::error::Error>(name: &'static str, probe: impl Future<Output = Result<(), E>>) -> bool {
    match timeout(PATIENCE, probe).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(dependency = name, cause = ?error, "a dependency does not answer");
            false
        }
        Err(_) => {
            tracing::warn!(dependency = name, "a dependency does not answer in time");
            false
        }
    }
}

fn word(answers: bool) -> &'static str {
    if answers { "ok" } else { "unavailable" }
}
