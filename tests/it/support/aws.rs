//! The emulator's own view: secrets, queues, deployed functions.

use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::Value;
use tests::stack::{StackDescription, aws::sdk_config};

use super::eventually;

/// Clients of the stack's AWS.
pub(crate) struct Aws {
    pub(crate) lambda: aws_sdk_lambda::Client,
    secrets: aws_sdk_secretsmanager::Client,
    sqs: aws_sdk_sqs::Client,
}

impl Aws {
    pub(crate) fn open(endpoint: &str) -> Self {
        let config = sdk_config(endpoint);
        Self {
            lambda: aws_sdk_lambda::Client::new(&config),
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

    /// A deployed function's environment variables.
    pub(crate) async fn settings(&self, function: &str) -> std::collections::HashMap<String, String> {
        let deployed = self.lambda.get_function_configuration().function_name(function).send().await.unwrap();
        deployed.environment().unwrap().variables().unwrap().clone()
    }

    /// Waits until a queue holds nothing, neither waiting nor in work.
    pub(crate) async fn drained(&self, queue: &str) {
        eventually("the queue is empty", async || (self.depth(queue).await == 0).then_some(())).await;
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
