//! Wiring of `GET, POST /api/webhooks/{platform}`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(webhook_ingest::NAME, &ProcessEnv)?;
    webhook_ingest::endpoint(&ProcessEnv).await?.run().await
}
