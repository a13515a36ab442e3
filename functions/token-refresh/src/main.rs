//! Wiring of the half hour's round.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use shared::{config::ProcessEnv, telemetry};
use token_refresh::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init(token_refresh::NAME, &ProcessEnv)?;
    let app = App::load(&ProcessEnv).await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        app.handle(event.context.deadline())
            .await
            .inspect_err(|error| tracing::error!(cause = ?error, "the round was not finished"))
            .map_err(Error::from)
    }))
    .await
}
