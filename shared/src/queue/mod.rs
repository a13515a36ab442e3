//! SQS: what travels between functions.

pub mod publish;
mod sqs;
pub mod subscriptions;
pub mod webhooks;

pub use sqs::{MAX_DELAY, MAX_MESSAGE_BYTES, Queue, QueueError, ReceivedMessage};
