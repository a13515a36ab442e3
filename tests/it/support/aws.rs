//! The emulator's own view: secrets, queues, files, deployed functions.

use std::time::Duration;

use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use serde_json::Value;
use shared::queue::Queue;
use tests::stack::{StackDescription, aws::sdk_config};

use super::eventually;

/// Clients of the stack's AWS.
pub(crate) struct Aws {
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) kms: aws_sdk_kms::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    secrets: aws_sdk_secretsmanager::Client,
    sqs: aws_sdk_sqs::Client,
}

impl Aws {
    pub(crate) fn open(endpoint: &str) -> Self {
        let config = sdk_config(endpoint);
        Self {
            lambda: aws_sdk_lambda::Client::new(&config),
            kms: aws_sdk_kms::Client::new(&config),
            s3: aws_sdk_s3::Client::new(&config),
            secrets: aws_sdk_secretsmanager::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
        }
    }

    /// The secret that the authorizer verifies tokens with.
    pub(crate) async fn jwt_secret(&self, stack: &StackDescription) -> String {
        let settings = self.settings(&stack.functions["authorizer"]).await;
        let secret = self.secrets.get_secret_value().secret_id(&settings["JWT_SECRET_ID"]).send().await.unwrap();
        let json: Value = serde_json::from_str(secret.secret_string().unwrap()).unwrap();
        json["secret"].as_str().unwrap().to_owned()
    }

    /// The ARN of a new secret.
    pub(crate) async fn new_secret(&self, name: &str, value: &Value) -> String {
        self.secrets.create_secret().name(name).secret_string(value.to_string()).send().await.unwrap().arn.unwrap()
    }

    /// Makes this a secret's current version; the one before stays as the previous.
    pub(crate) async fn put_secret(&self, id: &str, value: &Value) {
        self.secrets.put_secret_value().secret_id(id).secret_string(value.to_string()).send().await.unwrap();
    }

    /// A deployed function's environment variables.
    pub(crate) async fn settings(&self, function: &str) -> std::collections::HashMap<String, String> {
        let deployed = self.lambda.get_function_configuration().function_name(function).send().await.unwrap();
        deployed.environment().unwrap().variables().unwrap().clone()
    }

    /// How long a deployed function may take.
    pub(crate) async fn timeout(&self, function: &str) -> Duration {
        let deployed = self.lambda.get_function_configuration().function_name(function).send().await.unwrap();
        Duration::from_secs(deployed.timeout().unwrap().unsigned_abs().into())
    }

    /// The ARN of a new KMS key.
    pub(crate) async fn new_key(&self) -> String {
        self.kms.create_key().send().await.unwrap().key_metadata.unwrap().arn.unwrap()
    }

    /// The address of a new queue that nobody works on.
    pub(crate) async fn new_queue(&self, name: &str) -> String {
        self.sqs.create_queue().queue_name(name).send().await.unwrap().queue_url.unwrap()
    }

    /// A queue as the functions reach it.
    pub(crate) fn queue(&self, url: &str) -> Queue {
        Queue::new(self.sqs.clone(), url.to_owned())
    }

    /// Waits until a queue holds nothing, neither waiting nor in work.
    pub(crate) async fn drained(&self, queue: &str) {
        eventually("the queue is empty", async || (self.depth(queue).await == 0).then_some(())).await;
    }

    /// Puts messages into a queue, ten at a time.
    pub(crate) async fn send(&self, queue: &str, bodies: &[String]) {
        for batch in bodies.chunks(10) {
            let entry = |(id, body): (usize, &String)| {
                SendMessageBatchRequestEntry::builder().id(id.to_string()).message_body(body).build().unwrap()
            };
            let entries: Vec<_> = batch.iter().enumerate().map(entry).collect();
            let sent = self.sqs.send_message_batch().queue_url(queue).set_entries(Some(entries)).send().await.unwrap();
            assert!(sent.failed().is_empty(), "{sent:?}");
        }
    }

    /// The bodies of all messages in a queue; they are gone from it afterwards.
    pub(crate) async fn bodies(&self, queue: &str) -> Vec<String> {
        let mut bodies = Vec::new();
        loop {
            let request = self.sqs.receive_message().queue_url(queue).max_number_of_messages(10);
            let messages = request.send().await.unwrap().messages.unwrap_or_default();
            if messages.is_empty() {
                return bodies;
            }
            for message in messages {
                let receipt = message.receipt_handle.unwrap();
                self.sqs.delete_message().queue_url(queue).receipt_handle(receipt).send().await.unwrap();
                bodies.extend(message.body);
            }
        }
    }

    /// Empties a queue.
    pub(crate) async fn purge(&self, queue: &str) {
        self.sqs.purge_queue().queue_url(queue).send().await.unwrap();
    }

    /// How long a received message stays hidden, in seconds.
    pub(crate) async fn set_visibility(&self, queue: &str, seconds: u32) {
        let request = self.sqs.set_queue_attributes().queue_url(queue);
        let request = request.attributes(QueueAttributeName::VisibilityTimeout, seconds.to_string());
        request.send().await.unwrap();
    }

    /// How many messages a queue holds that nobody may receive yet.
    pub(crate) async fn delayed(&self, queue: &str) -> u32 {
        let name = QueueAttributeName::ApproximateNumberOfMessagesDelayed;
        let request = self.sqs.get_queue_attributes().queue_url(queue).attribute_names(name.clone());
        request.send().await.unwrap().attributes().unwrap()[&name].parse().unwrap()
    }

    /// How many messages a queue holds, waiting or in work.
    pub(crate) async fn depth(&self, queue: &str) -> u32 {
        use QueueAttributeName::{ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible};
        let names = [ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible];
        let request = self.sqs.get_queue_attributes().queue_url(queue).set_attribute_names(Some(names.to_vec()));
        let answer = request.send().await.unwrap();
        let attributes = answer.attributes().unwrap();
        names.iter().map(|name| attributes[name].parse::<u32>().unwrap()).sum()
    }
}
