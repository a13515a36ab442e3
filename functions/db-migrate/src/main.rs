//! Wiring of the migrations.

use db_migrate::App;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use shared::{config::ProcessEnv, telemetry};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init(db_migrate::NAME, &ProcessEnv)?;
    let app = App::load(&ProcessEnv).await?;
    lambda_runtime::run(service_fn(async |_: LambdaEvent<Value>| {
        app.handle()
            .await
            .inspect_err(|error| tracing::error!(cause = %error, "the schema is not up to date"))
            .map_err(Error::from)
    }))
    .await
}
