//! Wiring of `GET /api/accounts`.

use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    telemetry::init(accounts_list::NAME, &ProcessEnv)?;
    accounts_list::endpoint(&ProcessEnv).await?.run().await
}
