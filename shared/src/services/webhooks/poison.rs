//! What can't be processed however often it's tried: stored with its error, and sent to the dead-letter queue.

use time::OffsetDateTime;

use super::{events, process::Message};
use crate::{
    domain::{CorrelationId, WebhookEvent},
    queue::webhooks::Delivery,
    store::{
        Database, StoreError,
        poison::{self, PoisonRow},
    },
    telemetry::causes,
};

/// Clears the errors of poison whose event came through after all, and returns how many those were. It's no step of the
/// processor's: nearly no event was poison before.
///
/// # Errors
/// See [`StoreError`].
pub async fn settle(database: &Database) -> Result<u64, StoreError> {
    poison::settle(&database.connection().await?).await
}

/// A message that is no delivery, or one event of a delivery.
#[derive(Debug)]
pub(super) struct Poison<'a> {
    message: &'a Message,
    event: Option<(&'a Delivery, &'a WebhookEvent)>,
    error: String,
}

impl<'a> Poison<'a> {
    pub(super) fn no_delivery(message: &'a Message) -> Self {
        Self { message, event: None, error: "the message is no delivery".to_owned() }
    }

    /// An event that breaks a rule of the tables.
    pub(super) fn event(
        message: &'a Message,
        delivery: &'a Delivery,
        event: &'a WebhookEvent,
        error: &StoreError,
    ) -> Self {
        Self { message, event: Some((delivery, event)), error: causes(error) }
    }

    /// The message that it came in.
    pub(super) fn message(&self) -> &'a Message {
        self.message
    }

    /// Stores it with its error; again and again is once.
    pub(super) async fn store(&self, database: &Database) -> Result<(), StoreError> {
        let correlation_id = self.event.and_then(|(_, event)| event.correlation_id.as_ref()).map(CorrelationId::as_str);
        tracing::error!(message_id = self.message.id, correlation_id, cause = self.error, "poison is put aside");
        let row = PoisonRow {
            platform: self.event.map(|(delivery, _)| delivery.platform),
            event_type: self.event.map(|(_, event)| event.event_type.as_str()),
            external_id: &self.name(),
            subject_id: self.event.and_then(|(_, event)| event.subject_id.as_deref()),
            author: self.event.map(|(_, event)| &event.author),
            payload: self.payload(),
            received_at: self.event.map_or_else(OffsetDateTime::now_utc, |(_, event)| event.received_at),
            correlation_id,
            error: &self.error,
        };
        poison::insert(&database.connection().await?, row).await
    }

    /// The message as it came, or one with the event alone.
    pub(super) fn dead_letter(&self) -> String {
        self.event
            .map_or_else(|| self.message.body.clone(), |(delivery, event)| events::alone(event, delivery).to_message())
    }

    /// An event's payload alone doesn't name it: the same change may be about another account, too.
    fn name(&self) -> String {
        self.event.map_or_else(
            || platforms::body_id(self.message.body.as_bytes()),
            |(_, event)| format!("poison:{}", event.external_id),
        )
    }

    fn payload(&self) -> &[u8] {
        self.event.map_or(self.message.body.as_bytes(), |(_, event)| &event.payload)
    }
}
