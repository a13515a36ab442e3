//! Wiring of `POST /api/{platform}/upload`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(upload::NAME, &ProcessEnv)?;
    upload::endpoint(&ProcessEnv).await?.run().await
}
