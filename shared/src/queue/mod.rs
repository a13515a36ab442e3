//! SQS: what travels between functions.

mod sqs;
pub mod subscriptions;
pub mod webhooks;

pub use sqs::{MAX_MESSAGE_BYTES, Queue, QueueError, ReceivedMessage};
