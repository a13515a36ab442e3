//! Wiring of `GET /api/{platform}/posts`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(posts_list::NAME, &ProcessEnv)?;
    posts_list::endpoint(&ProcessEnv).await?.run().await
}
