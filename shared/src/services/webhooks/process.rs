//! Puts deliveries into the tables: a whole batch in one transaction, each event once.

use std::{collections::BTreeMap, error::Error};

use time::OffsetDateTime;

use super::{apply, events};
use crate::{
    domain::WebhookEvent,
    queue::{Queue, webhooks::Delivery},
    store::{self, Database, StoreError},
    telemetry::metrics,
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
            again.extend(self.put_aside(poison).await);
        }
        again.extend(self.deliveries(&readable).await);
        again
    }

    async fn deliveries(&self, readable: &[(&Message, Delivery)]) -> Vec<String> {
        let deliveries: Vec<_> = readable.iter().map(|(_, delivery)| delivery).collect();
        match apply(&self.database, &deliveries).await {
            Ok(()) => Vec::new(),
            Err(error) if error.is_rule_violation() => {
                tracing::warn!(cause = ?error, "a batch breaks a rule of the tables, its messages are tried one by one");
                self.one_by_one(readable).await
            }
            Err(error) => {
                tracing::error!(cause = ?error, "a batch could not be applied, it comes again");
                readable.iter().map(|(message, _)| message.id.clone()).collect()
            }
        }
    }

    /// A message that breaks a rule of the tables doesn't cost its neighbours.
    async fn one_by_one(&self, readable: &[(&Message, Delivery)]) -> Vec<String> {
        let mut again = Vec::new();
        for (message, delivery) in readable {
            match apply(&self.database, &[delivery]).await {
                Ok(()) => {}
                Err(error) if error.is_rule_violation() => {
                    let error = format!("{error:?}");
                    again.extend(self.put_aside(Poison { message, delivery: Some(delivery), error }).await);
                }
                Err(_) => again.push(message.id.clone()),
            }
        }
        again
    }

    /// Stores a message that can never be processed, with its error, and moves it to the dead-letter queue. It's done
    /// only when both have worked; until then it comes again.
    async fn put_aside(&self, poison: Poison<'_>) -> Option<String> {
        tracing::error!(message_id = poison.message.id, cause = poison.error, "poison is put aside");
        match self.try_put_aside(&poison).await {
            Ok(()) => None,
            Err(error) => {
                tracing::error!(cause = ?error, "poison could not be put aside, it comes again");
                Some(poison.message.id.clone())
            }
        }
    }

    async fn try_put_aside(&self, poison: &Poison<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
        let platform = poison.delivery.map(|delivery| delivery.platform);
        let payload = poison.delivery.map_or(poison.message.body.as_bytes(), |delivery| &delivery.body);
        let connection = self.database.connection().await?;
        store::webhook_events::insert_poison(&connection, platform, payload, &poison.error).await?;
        self.dead_letters.send(poison.message.body.clone()).await?;
        Ok(())
    }
}

/// A message that can't be processed however often it's tried.
#[derive(Debug)]
struct Poison<'a> {
    message: &'a Message,
    /// What it holds, where that can be read at all.
    delivery: Option<&'a Delivery>,
    error: String,
}

fn decode(messages: &[Message]) -> (Vec<(&Message, Delivery)>, Vec<Poison<'_>>) {
    let (mut readable, mut poison) = (Vec::new(), Vec::new());
    for message in messages {
        match serde_json::from_str::<Delivery>(&message.body) {
            Ok(delivery) => readable.push((message, delivery)),
            Err(error) => {
                poison.push(Poison { message, delivery: None, error: format!("the message is no delivery: {error}") });
            }
        }
    }
    (readable, poison)
}

async fn apply(database: &Database, deliveries: &[&Delivery]) -> Result<(), StoreError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let events = distinct(deliveries.iter().flat_map(|delivery| events::of(delivery)));
    let new = apply::new_events(database, &events).await?;
    for delivery in deliveries {
        report(delivery);
    }
    tracing::info!(deliveries = deliveries.len(), events = events.len(), new, "webhooks applied");
    Ok(())
}

/// Each event once, in the order of its key: batches that share keys take their locks in the same order.
fn distinct(events: impl Iterator<Item = WebhookEvent>) -> Vec<WebhookEvent> {
    let by_key: BTreeMap<_, _> =
        events.map(|event| ((event.platform.as_str(), event.external_id.clone()), event)).collect();
    by_key.into_values().collect()
}

fn report(delivery: &Delivery) {
    let latency = OffsetDateTime::now_utc() - delivery.received_at;
    metrics::webhook_processed(delivery.platform.as_str(), latency.unsigned_abs());
}
