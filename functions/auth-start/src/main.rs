//! Wiring of `GET /api/auth/{platform}`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(auth_start::NAME, &ProcessEnv)?;
    auth_start::endpoint(&ProcessEnv).await?.run().await
}
