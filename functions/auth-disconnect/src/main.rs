//! Wiring of `DELETE /api/auth/{platform}/{accountId}`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(auth_disconnect::NAME, &ProcessEnv)?;
    auth_disconnect::endpoint(&ProcessEnv).await?.run().await
}
