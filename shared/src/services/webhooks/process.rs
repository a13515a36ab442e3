//! Puts deliveries into the tables: a whole batch in one transaction, each event once.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::events;
use crate::{
    domain::WebhookEvent,
    queue::webhooks::Delivery,
    store::{self, Database, StoreError},
    telemetry::metrics,
};

/// How often a transaction that lost to another one is run.
const ATTEMPTS: u32 = 5;

/// One message of the queue.
#[derive(Debug, Clone)]
pub struct Message {
    /// SQS's id, to report it by.
    pub id: String,
    /// The message.
    pub body: String,
}

/// Applies a batch and returns the ids of the messages that must come again: those that can't be read, and all others
/// where the database is away.
pub async fn batch(database: &Database, messages: &[Message]) -> Vec<String> {
    let (readable, mut failed) = decode(messages);
    let deliveries: Vec<_> = readable.iter().map(|(_, delivery)| delivery).collect();
    match apply(database, &deliveries).await {
        Ok(()) => {}
        Err(StoreError::Refused(error)) if readable.len() > 1 => {
            tracing::warn!(cause = ?error, "a batch was refused, its messages are tried one by one");
            failed.extend(one_by_one(database, &readable).await);
        }
        Err(error) => {
            tracing::error!(cause = ?error, "a batch could not be applied");
            failed.extend(readable.into_iter().map(|(id, _)| id));
        }
    }
    failed
}

fn decode(messages: &[Message]) -> (Vec<(String, Delivery)>, Vec<String>) {
    let (mut readable, mut failed) = (Vec::new(), Vec::new());
    for message in messages {
        match serde_json::from_str::<Delivery>(&message.body) {
            Ok(delivery) => readable.push((message.id.clone(), delivery)),
            Err(error) => {
                tracing::error!(message_id = message.id, cause = %error, "a message is no delivery");
                failed.push(message.id.clone());
            }
        }
    }
    (readable, failed)
}

/// A message that breaks a rule of the tables must not cost its neighbours.
async fn one_by_one(database: &Database, messages: &[(String, Delivery)]) -> Vec<String> {
    let mut failed = Vec::new();
    for (id, delivery) in messages {
        if let Err(error) = apply(database, &[delivery]).await {
            tracing::error!(message_id = id, cause = ?error, "a delivery could not be applied");
            failed.push(id.clone());
        }
    }
    failed
}

async fn apply(database: &Database, deliveries: &[&Delivery]) -> Result<(), StoreError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let events = distinct(deliveries.iter().flat_map(|delivery| events::of(delivery)));
    let mut attempt = 1;
    let stored = loop {
        // Boxed: the state of all its statements at once is large, and would be part of every future around it.
        match Box::pin(transaction(database, &events)).await {
            Err(error) if error.is_conflict() && attempt < ATTEMPTS => attempt += 1,
            result => break result?,
        }
    };
    for delivery in deliveries {
        report(delivery);
    }
    tracing::info!(deliveries = deliveries.len(), events = events.len(), new = stored, "webhooks applied");
    Ok(())
}

/// Each event once, in the order of its key: batches that share keys take their locks in the same order.
fn distinct(events: impl Iterator<Item = WebhookEvent>) -> Vec<WebhookEvent> {
    let by_key: BTreeMap<_, _> =
        events.map(|event| ((event.platform.as_str(), event.external_id.clone()), event)).collect();
    by_key.into_values().collect()
}

/// Stores what is new and applies only that; returns how many were new.
async fn transaction(database: &Database, events: &[WebhookEvent]) -> Result<usize, StoreError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    let new = store::webhook_events::insert_new(&transaction, events).await?;
    let mut applied = store::tiktok_posts::apply_reports(&transaction, &new).await?;
    applied.extend(store::ig_comments::apply(&transaction, &new).await?);
    store::webhook_events::mark_applied(&transaction, &applied).await?;
    transaction.commit().await?;
    Ok(new.len())
}

fn report(delivery: &Delivery) {
    let latency = OffsetDateTime::now_utc() - delivery.received_at;
    metrics::webhook_processed(delivery.platform.as_str(), latency.unsigned_abs());
}
