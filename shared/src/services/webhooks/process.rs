//! Puts deliveries into the tables: a whole batch in one transaction, each event once.

use std::error::Error;

use time::OffsetDateTime;

use super::{apply, events};
use crate::{
    domain::{CorrelationId, WebhookEvent},
    queue::{Queue, webhooks::Delivery},
    store::{self, Database, StoreError, webhook_events::PoisonRow},
    telemetry::{causes, metrics},
};

/// One message of the queue.
#[derive(Debug, Clone)]
pub struct Message {
    /// SQS's id, to report it by.
    pub id: String,
    /// The message.
    pub body: String,
}

/// What the queue's messages need on their way into the tables.
#[derive(Debug)]
pub struct Processor {
    /// The tables.
    pub database: Database,
    /// Where poison goes.
    pub dead_letters: Queue,
}

impl Processor {
    /// Applies a batch and returns the ids of the messages that must come again. Poison is put aside.
    pub async fn batch(&self, messages: &[Message]) -> Vec<String> {
        let (readable, poison) = decode(messages);
        let mut again = Vec::new();
        for poison in poison {
            let id = poison.message.id.clone();
            if let Err(error) = self.put_aside(poison).await {
                tracing::error!(message_id = id, cause = ?error, "poison could not be put aside, it comes again");
                again.push(id);
            }
        }
        again.extend(self.deliveries(&readable).await);
        again
    }

    async fn deliveries(&self, readable: &[(&Message, Delivery)]) -> Vec<String> {
        let deliveries: Vec<_> = readable.iter().map(|(_, delivery)| delivery).collect();
        match apply(&self.database, &deliveries).await {
            Ok(()) => Vec::new(),
            Err(error) if matches!(error, StoreError::Refused(_)) => {
                tracing::warn!(cause = ?error, "a batch was refused, its messages are tried one by one");
                self.one_by_one(readable).await
            }
            Err(error) => {
                tracing::error!(cause = ?error, "a batch could not be applied, it comes again");
                readable.iter().map(|(message, _)| message.id.clone()).collect()
            }
        }
    }

    /// A message that is refused doesn't cost its neighbours.
    async fn one_by_one(&self, readable: &[(&Message, Delivery)]) -> Vec<String> {
        let mut again = Vec::new();
        for (message, delivery) in readable {
            let done = match apply(&self.database, &[delivery]).await {
                Err(StoreError::Refused(_)) => self.event_by_event(message, delivery).await,
                result => result,
            };
            if let Err(error) = done {
                let correlation_id = correlation(delivery);
                let cause = causes(&error);
                tracing::error!(
                    message_id = message.id,
                    correlation_id,
                    cause,
                    "a delivery could not be applied, it comes again"
                );
                again.push(message.id.clone());
            }
        }
        again
    }

    /// An event that breaks a rule of the tables doesn't cost its neighbours either: it alone is put aside.
    async fn event_by_event(&self, message: &Message, delivery: &Delivery) -> Result<(), StoreError> {
        for event in events::distinct(events::of(delivery).into_iter()) {
            match apply::new_events(&self.database, std::slice::from_ref(&event)).await {
                Err(error) if error.is_rule_violation() => {
                    let error = causes(&error);
                    let poison = Poison { message, event: Some((delivery, &event)), error };
                    self.put_aside(poison).await.map_err(StoreError::Unavailable)?;
                }
                result => {
                    result?;
                }
            }
        }
        report(delivery);
        Ok(())
    }

    /// Stores what can never be processed, with its error, and sends it to the dead-letter queue. It's done only when
    /// both have worked; until then its message comes again.
    async fn put_aside(&self, poison: Poison<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        let correlation_id = poison.event.and_then(|(delivery, _)| correlation(delivery));
        let (message_id, cause) = (&poison.message.id, &poison.error);
        tracing::error!(message_id, correlation_id, cause, "poison is put aside");
        let connection = self.database.connection().await?;
        let row = PoisonRow {
            platform: poison.event.map(|(delivery, _)| delivery.platform),
            event_type: poison.event.map(|(_, event)| event.event_type.as_str()),
            external_id: &platforms::body_id(poison.payload()),
            subject_id: poison.event.and_then(|(_, event)| event.subject_id.as_deref()),
            payload: poison.payload(),
            error: &poison.error,
        };
        store::webhook_events::insert_poison(&connection, row).await?;
        self.dead_letters.send(poison.dead_letter()).await?;
        Ok(())
    }
}

/// What can't be processed however often it's tried: a message that is no delivery, or one event of a delivery.
#[derive(Debug)]
struct Poison<'a> {
    message: &'a Message,
    event: Option<(&'a Delivery, &'a WebhookEvent)>,
    error: String,
}

impl Poison<'_> {
    fn payload(&self) -> &[u8] {
        self.event.map_or(self.message.body.as_bytes(), |(_, event)| &event.payload)
    }

    /// The message as it came, or one with the event alone.
    fn dead_letter(&self) -> String {
        self.event
            .map_or_else(|| self.message.body.clone(), |(delivery, event)| events::alone(event, delivery).to_message())
    }
}

fn decode(messages: &[Message]) -> (Vec<(&Message, Delivery)>, Vec<Poison<'_>>) {
    let (mut readable, mut poison) = (Vec::new(), Vec::new());
    for message in messages {
        match Delivery::parse(&message.body) {
            Some(delivery) => readable.push((message, delivery)),
            None => poison.push(Poison { message, event: None, error: "the message is no delivery".to_owned() }),
        }
    }
    (readable, poison)
}

fn correlation(delivery: &Delivery) -> Option<&str> {
    delivery.correlation_id.as_ref().map(CorrelationId::as_str)
}

async fn apply(database: &Database, deliveries: &[&Delivery]) -> Result<(), StoreError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let events = events::distinct(deliveries.iter().flat_map(|delivery| events::of(delivery)));
    let new = apply::new_events(database, &events).await?;
    for delivery in deliveries {
        report(delivery);
    }
    tracing::info!(deliveries = deliveries.len(), events = events.len(), new, "webhooks applied");
    Ok(())
}

fn report(delivery: &Delivery) {
    let latency = OffsetDateTime::now_utc() - delivery.received_at;
    metrics::webhook_processed(delivery.platform.as_str(), latency.unsigned_abs());
}
