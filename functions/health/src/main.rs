//! Wiring of `GET /api/health`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(health::NAME, &ProcessEnv)?;
    health::endpoint(&ProcessEnv).await?.run().await
}
