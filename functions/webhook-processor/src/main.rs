//! Wiring of the webhook queue's consumer.

use aws_lambda_events::sqs::SqsEvent;
use lambda_runtime::{LambdaEvent, service_fn};
use shared::{config::ProcessEnv, telemetry};
use webhook_processor::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    telemetry::init(webhook_processor::NAME, &ProcessEnv)?;
    let app = App::load(&ProcessEnv).await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        Ok::<_, lambda_runtime::Error>(app.handle(event).await)
    }))
    .await
}
