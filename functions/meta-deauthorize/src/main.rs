//! Wiring of `POST /api/webhooks/instagram/deauthorize`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(meta_deauthorize::NAME, &ProcessEnv)?;
    meta_deauthorize::endpoint(&ProcessEnv).await?.run().await
}
