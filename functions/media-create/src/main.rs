//! Wiring of `POST /api/media`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(media_create::NAME, &ProcessEnv)?;
    media_create::endpoint(&ProcessEnv).await?.run().await
}
