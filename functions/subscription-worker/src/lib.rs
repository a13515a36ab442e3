//! SQS: Instagram accounts that were just connected are subscribed to webhooks, a message each.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use platforms::transport::Transport;
use shared::{
    config::{ConfigError, Vars, aws},
    crypto::Vault,
    queue::subscriptions::Subscription,
    services::{apps::MetaApps, connect::Graphs, subscribe::Subscriber},
    store::Database,
    telemetry::causes,
};
use tracing::Instrument as _;

/// The function's name.
pub const NAME: &str = "subscription-worker";

/// What the consumer needs.
#[derive(Debug)]
pub struct App {
    subscriber: Subscriber,
}

impl App {
    /// Reads the settings; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let aws = aws::load(vars)?;
        let transport = Transport::new().map_err(|_| ConfigError::Malformed("GRAPH_API_URL"))?;
        let subscriber = Subscriber {
            database: Database::load(vars, &aws)?,
            vault: Vault::load(vars, &aws)?,
            apps: MetaApps::load(vars, &aws_sdk_secretsmanager::Client::new(&aws))?,
            graphs: Graphs::load(vars, &transport)?,
        };
        Ok(Self { subscriber })
    }

    /// Subscribes the accounts of a batch; a message that isn't reported as failed is done.
    pub async fn handle(&self, event: SqsEvent) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            if !self.done(&message).await {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = message.message_id.unwrap_or_default();
                response.batch_item_failures.push(failure);
            }
        }
        response
    }

    async fn done(&self, message: &SqsMessage) -> bool {
        let Some(subscription) = Subscription::parse(message.body.as_deref().unwrap_or_default()) else {
            tracing::error!(message_id = message.message_id, "the message is no subscription");
            return false;
        };
        let correlation_id = subscription.correlation_id.as_ref().map(|id| id.as_str());
        let span = tracing::info_span!("subscription", correlation_id, account = subscription.instagram_account_id);
        let result = self.subscriber.subscribe(&subscription).instrument(span).await;
        if let Err(error) = &result {
            let account = subscription.instagram_account_id;
            tracing::error!(account, cause = %causes(error), "an account is not subscribed yet");
        }
        result.is_ok()
    }
}
