//! Wiring of `GET /`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(console::NAME, &ProcessEnv)?;
    console::endpoint(&ProcessEnv).await?.run().await
}
