//! Wiring of `GET /api/auth/{platform}/callback`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(auth_callback::NAME, &ProcessEnv)?;
    auth_callback::endpoint(&ProcessEnv).await?.run().await
}
