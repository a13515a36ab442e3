//! Sending to a queue.

use aws_sdk_sqs::{Client, error::DisplayErrorContext};

/// The most bytes of a message's body (docs.aws.amazon.com, SQS quotas: 1 MiB with its attributes).
pub const MAX_MESSAGE_BYTES: usize = 1_048_576;

/// One queue.
#[derive(Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

/// A message could not be sent.
#[derive(Debug, thiserror::Error)]
#[error("SQS did not take the message: {0}")]
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
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).send().await;
        sent.map(|_| ()).map_err(|error| QueueError(DisplayErrorContext(error).to_string()))
    }
}
