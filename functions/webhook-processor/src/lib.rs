//! SQS: webhook deliveries into the tables, a batch at a time, with the messages that must come again reported.

use std::time::{Duration, SystemTime};

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::LambdaEvent;
use shared::{
    config::{ConfigError, Vars, aws},
    queue::Queue,
    services::webhooks::process::{Message, Processor},
    store::Database,
};
use tokio::time::Instant;

/// The function's name.
pub const NAME: &str = "webhook-processor";

/// What is kept of the time for the answer, which a killed function doesn't give.
const RESERVE: Duration = Duration::from_secs(3);

/// What the consumer needs.
#[derive(Debug)]
pub struct App {
    processor: Processor,
}

impl App {
    /// Reads the settings; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let aws = aws::load(vars)?;
        let dead_letters = Queue::new(aws_sdk_sqs::Client::new(&aws), vars.required("WEBHOOKS_DEAD_LETTER_QUEUE_URL")?);
        Ok(Self { processor: Processor { database: Database::load(vars, &aws)?, dead_letters } })
    }

    /// Applies a batch in the time that there is for it; a message that isn't reported as failed is done.
    pub async fn handle(&self, event: LambdaEvent<SqsEvent>) -> SqsBatchResponse {
        let time_left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
        let deadline = Instant::now() + time_left.saturating_sub(RESERVE);
        let messages: Vec<_> = event.payload.records.into_iter().map(message).collect();
        let failed = self.processor.batch(&messages, deadline).await;
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures = failed.into_iter().map(failure).collect();
        response
    }
}

fn message(record: SqsMessage) -> Message {
    Message { id: record.message_id.unwrap_or_default(), body: record.body.unwrap_or_default() }
}

fn failure(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}
