//! Wiring of `GET /api/data-deletion/{code}`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(data_deletion_status::NAME, &ProcessEnv)?;
    data_deletion_status::endpoint(&ProcessEnv).await?.run().await
}
