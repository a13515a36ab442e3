//! Wiring of the API's authorizer.

use authorizer::App;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init(authorizer::NAME, &ProcessEnv)?;
    let app = App::load(&ProcessEnv).await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<_>| {
        app.handle(event.payload)
            .await
            .inspect_err(|error| tracing::error!(cause = ?error, "no keys"))
            .map_err(Error::from)
    }))
    .await
}
