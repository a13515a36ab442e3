//! SQS: posts that are due are published, step by step. A message names one, and the row says what its next step is.

use std::time::SystemTime;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use shared::{
    config::{ConfigError, Vars, aws},
    crypto::Vault,
    media::Bucket,
    queue::{Queue, publish::PublishJob},
    services::{
        apps::PlatformApps,
        connect::PlatformClients,
        media::MediaFiles,
        publish::{self, Clock, Publisher},
        tokens::Tokens,
    },
    store::Database,
    telemetry::causes,
};
use tokio::time::Instant;
use tracing::Instrument as _;

/// The function's name.
pub const NAME: &str = "publish-worker";

/// What the consumer needs.
#[derive(Debug)]
pub struct App {
    publisher: Publisher,
}

impl App {
    /// Reads the settings; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let aws = aws::load(vars)?;
        let tokens = Tokens {
            database: Database::load(vars, &aws)?,
            vault: Vault::load(vars, &aws)?,
            apps: PlatformApps::load(vars, &aws_sdk_secretsmanager::Client::new(&aws))?,
            clients: PlatformClients::load(vars)?,
        };
        let publisher = Publisher {
            files: MediaFiles { database: tokens.database.clone(), bucket: Bucket::load(vars, &aws)? },
            tokens,
            queue: Queue::new(aws_sdk_sqs::Client::new(&aws), vars.required("PUBLISH_QUEUE_URL")?),
            upload_hosts: publish::upload_hosts(vars)?,
            concurrency: vars.required("PUBLISH_CONCURRENCY")?,
        };
        Ok(Self { publisher })
    }

    /// Works on the posts of a batch, which is one, until shortly before `deadline`; a message that isn't reported as failed
    /// is done.
    pub async fn handle(&self, deadline: SystemTime, event: SqsEvent) -> SqsBatchResponse {
        let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
        let deadline = Instant::now() + left;
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            if !self.done(&message, deadline).await {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = message.message_id.unwrap_or_default();
                response.batch_item_failures.push(failure);
            }
        }
        response
    }

    async fn done(&self, message: &SqsMessage, deadline: Instant) -> bool {
        let Some(job) = PublishJob::parse(message.body.as_deref().unwrap_or_default()) else {
            tracing::error!(message_id = message.message_id, "the message names no post");
            return false;
        };
        let correlation_id = job.correlation_id.as_ref().map(|id| id.as_str());
        let (platform, post) = (job.platform.as_str(), job.post_id.0);
        let span = tracing::info_span!("publish", correlation_id, platform, post);
        let result = self.publisher.work(&job, Clock::until(deadline)).instrument(span).await;
        if let Err(error) = &result {
            tracing::error!(correlation_id, platform, post, cause = %causes(error), "a post waits for its message");
        }
        result.is_ok()
    }
}
