//! Wiring of `GET /api/openapi.json`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(api_docs::NAME, &ProcessEnv)?;
    api_docs::endpoint(&ProcessEnv).await?.run().await
}
