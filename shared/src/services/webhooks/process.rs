//! Puts deliveries into the tables: a whole batch in one transaction, each event once.

use std::error::Error;

use time::OffsetDateTime;
use tokio::time::{Instant, timeout_at};

use super::{apply, events, poison::Poison};
use crate::{
    domain::CorrelationId,
    queue::{Queue, webhooks::Delivery},
    store::{Database, StoreError},
    telemetry::{causes, metrics},
};

/// Why a message must come again.
type Failure = Box<dyn Error + Send + Sync>;

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
    /// Applies a batch and returns the ids of the messages that must come again. Poison is put aside. Where a batch is
    /// refused and its messages are tried one by one, those that aren't done by the deadline come again as well.
    pub async fn batch(&self, messages: &[Message], deadline: Instant) -> Vec<String> {
        let (readable, poison) = decode(messages);
        let mut again = Vec::new();
        for poison in poison {
            if let Err(error) = self.put_aside(&poison).await {
                let message_id = &poison.message().id;
                tracing::error!(message_id, cause = ?error, "poison could not be put aside, it comes again");
                again.push(message_id.clone());
            }
        }
        again.extend(self.deliveries(&readable, deadline).await);
        again
    }

    async fn deliveries(&self, readable: &[(&Message, Delivery)], deadline: Instant) -> Vec<String> {
        let deliveries: Vec<_> = readable.iter().map(|(_, delivery)| delivery).collect();
        match apply(&self.database, &deliveries).await {
            Ok(()) => Vec::new(),
            Err(error) if matches!(error, StoreError::Refused(_)) => {
                tracing::warn!(cause = ?error, "a batch was refused, its messages are tried one by one");
                self.one_by_one(readable, deadline).await
            }
            Err(error) => {
                tracing::error!(cause = ?error, "a batch could not be applied, it comes again");
                readable.iter().map(|(message, _)| message.id.clone()).collect()
            }
        }
    }

    /// A message that is refused doesn't cost its neighbours.
    async fn one_by_one(&self, readable: &[(&Message, Delivery)], deadline: Instant) -> Vec<String> {
        let mut again = Vec::new();
        for (message, delivery) in readable {
            let done = timeout_at(deadline, self.one(message, delivery)).await;
            if let Err(error) = done.unwrap_or_else(|elapsed| Err(elapsed.into())) {
                let correlation_id = delivery.correlation_id.as_ref().map(CorrelationId::as_str);
                let (message_id, cause) = (&message.id, causes(&*error));
                tracing::error!(message_id, correlation_id, cause, "a delivery could not be applied, it comes again");
                again.push(message_id.clone());
            }
        }
        again
    }

    async fn one(&self, message: &Message, delivery: &Delivery) -> Result<(), Failure> {
        match apply(&self.database, &[delivery]).await {
            Err(StoreError::Refused(_)) => self.event_by_event(message, delivery).await,
            result => Ok(result?),
        }
    }

    /// An event that is refused doesn't cost its neighbours either. One that breaks a rule of the tables is put aside.
    /// For any other the message comes again, and its poison is sent off once, by the attempt that finds no other.
    async fn event_by_event(&self, message: &Message, delivery: &Delivery) -> Result<(), Failure> {
        let events = events::distinct(events::of(delivery).into_iter());
        let refused = apply::each_new(&self.database, &events).await?;
        let (broken, other): (Vec<_>, Vec<_>) = refused.into_iter().partition(|(_, error)| error.is_rule_violation());
        let poison = broken.iter().map(|(event, error)| Poison::event(message, delivery, event, error));
        let poison: Vec<_> = poison.collect();
        for poison in &poison {
            poison.store(&self.database).await?;
        }
        if let Some((_, error)) = other.into_iter().next() {
            return Err(error.into());
        }
        for poison in &poison {
            self.dead_letters.send(poison.dead_letter()).await?;
        }
        report(delivery);
        Ok(())
    }

    /// Stores poison and sends it to the dead-letter queue. It's done only when both have worked; until then its
    /// message comes again.
    async fn put_aside(&self, poison: &Poison<'_>) -> Result<(), Failure> {
        poison.store(&self.database).await?;
        Ok(self.dead_letters.send(poison.dead_letter()).await?)
    }
}

fn decode(messages: &[Message]) -> (Vec<(&Message, Delivery)>, Vec<Poison<'_>>) {
    let (mut readable, mut poison) = (Vec::new(), Vec::new());
    for message in messages {
        match Delivery::parse(&message.body) {
            Some(delivery) => readable.push((message, delivery)),
            None => poison.push(Poison::no_delivery(message)),
        }
    }
    (readable, poison)
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
    // Clocks differ: what seems to come in later than it's done took no time.
    metrics::webhook_processed(delivery.platform.as_str(), latency.try_into().unwrap_or_default());
}
