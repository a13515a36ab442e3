//! Wiring of `POST /api/webhooks/instagram/data-deletion`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(meta_data_deletion::NAME, &ProcessEnv)?;
    meta_data_deletion::endpoint(&ProcessEnv).await?.run().await
}
