//! Wiring of `GET /api/{platform}/posts/{postId}`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(posts_get::NAME, &ProcessEnv)?;
    posts_get::endpoint(&ProcessEnv).await?.run().await
}
