//! One queue: sending, and for the operator receiving.

use std::time::{Duration, SystemTime};

use aws_sdk_sqs::{
    Client,
    error::DisplayErrorContext,
    types::{Message, MessageSystemAttributeName::SentTimestamp, QueueAttributeName},
};

/// The most bytes of a message's body (docs.aws.amazon.com, SQS quotas: 1 MiB with its attributes).
pub const MAX_MESSAGE_BYTES: usize = 1_048_576;

/// The longest that SQS holds a message back (docs.aws.amazon.com, SQS quotas).
pub const MAX_DELAY: Duration = Duration::from_secs(900);

/// One queue.
#[derive(Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

/// A message could not be sent, received or deleted.
#[derive(Debug, thiserror::Error)]
#[error("SQS did not do it: {0}")]
pub struct QueueError(String);

impl Queue {
    /// The queue at `url`. Connects when first used.
    pub fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }

    /// Sends one message; returns once SQS has confirmed it.
    ///
    /// # Errors
    /// SQS can't be reached or refuses. The message may have arrived all the same.
    pub async fn send(&self, body: String) -> Result<(), QueueError> {
        self.send_after(body, Duration::ZERO).await
    }

    /// Sends one message that nobody receives before `delay` is over: whole seconds, at most [`MAX_DELAY`].
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_after(&self, body: String, delay: Duration) -> Result<(), QueueError> {
        let seconds = i32::try_from(delay.min(MAX_DELAY).as_secs()).ok().filter(|seconds| *seconds > 0);
        let message = self.client.send_message().queue_url(&self.url).message_body(body);
        let sent = message.set_delay_seconds(seconds).send().await;
        sent.map(|_| ()).map_err(|error| QueueError(DisplayErrorContext(error).to_string()))
    }
}

/// A received message.
#[derive(Debug, Clone)]
pub struct ReceivedMessage {
    /// Its text.
    pub body: String,
    /// When it was put into the queue.
    pub sent_at: SystemTime,
    receipt: String,
}

impl Queue {
    /// About how many messages wait.
    ///
    /// # Errors
    /// SQS can't be reached or refuses.
    pub async fn depth(&self) -> Result<u64, QueueError> {
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let request = self.client.get_queue_attributes().queue_url(&self.url).attribute_names(name.clone());
        let answer = request.send().await.map_err(|error| QueueError(DisplayErrorContext(error).to_string()))?;
        let depth = answer.attributes().and_then(|attributes| attributes.get(&name));
        Ok(depth.and_then(|depth| depth.parse().ok()).unwrap_or(0))
    }

    /// At most ten messages, hidden from others for the queue's visibility timeout. None means that the queue is empty,
    /// or nearly so.
    ///
    /// # Errors
    /// SQS can't be reached or refuses.
    pub async fn receive(&self) -> Result<Vec<ReceivedMessage>, QueueError> {
        let request = self.client.receive_message().queue_url(&self.url).max_number_of_messages(10);
        let request = request.message_system_attribute_names(SentTimestamp).wait_time_seconds(1);
        let answer = request.send().await.map_err(|error| QueueError(DisplayErrorContext(error).to_string()))?;
        Ok(answer.messages.unwrap_or_default().into_iter().filter_map(ReceivedMessage::read).collect())
    }

    /// Takes a received message out of the queue for good.
    ///
    /// # Errors
    /// SQS can't be reached or refuses.
    pub async fn delete(&self, message: &ReceivedMessage) -> Result<(), QueueError> {
        let request = self.client.delete_message().queue_url(&self.url).receipt_handle(&message.receipt);
        request.send().await.map(|_| ()).map_err(|error| QueueError(DisplayErrorContext(error).to_string()))
    }
}

impl ReceivedMessage {
    /// Without a time it counts as old.
    fn read(message: Message) -> Option<Self> {
        let sent = message.attributes().and_then(|attributes| attributes.get(&SentTimestamp)?.parse().ok());
        let sent_at = SystemTime::UNIX_EPOCH + Duration::from_millis(sent.unwrap_or(0));
        Some(Self { body: message.body?, sent_at, receipt: message.receipt_handle? })
    }
}
