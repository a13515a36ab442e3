//! Wiring of the minute's round.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use shared::{config::ProcessEnv, telemetry};
use status_updater::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init(status_updater::NAME, &ProcessEnv)?;
    let app = App::load(&ProcessEnv).await?;
    lambda_runtime::run(service_fn(async |_: LambdaEvent<Value>| {
        app.handle()
            .await
            .inspect_err(|error| tracing::error!(cause = ?error, "the round was not finished"))
            .map_err(Error::from)
    }))
    .await
}
