//! What events do to the tables, in one transaction.

use std::{collections::HashSet, slice};

use deadpool_postgres::Transaction;

use super::savepoint::attempt;
use crate::{
    domain::{Platform, WebhookEvent},
    store::{self, Database, StoreError, retried, webhook_events::Key},
    telemetry::metrics,
};

/// Stores the events that are new, applies those, and returns how many they were. `events` must be free of duplicates
/// and in the order of their keys.
pub(super) async fn new_events(database: &Database, events: &[WebhookEvent]) -> Result<usize, StoreError> {
    retried(async || transaction(database, events).await).await
}

async fn transaction(database: &Database, events: &[WebhookEvent]) -> Result<usize, StoreError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    let new = new_in(&transaction, events).await?;
    transaction.commit().await?;
    Ok(new)
}

/// An event that was refused, and why.
pub(super) type Refused<'a> = (&'a WebhookEvent, StoreError);

/// As [`new_events`], but each on its own, and returns those that were refused: they cost the others nothing.
pub(super) async fn each_new<'a>(
    database: &Database,
    events: &'a [WebhookEvent],
) -> Result<Vec<Refused<'a>>, StoreError> {
    retried(async || each_in_transaction(database, events).await).await
}

async fn each_in_transaction<'a>(
    database: &Database,
    events: &'a [WebhookEvent],
) -> Result<Vec<Refused<'a>>, StoreError> {
    let mut connection = database.connection().await?;
    let mut transaction = connection.transaction().await?;
    let mut refused = Vec::new();
    for event in events {
        let step = async |savepoint: &Transaction<'_>| new_in(savepoint, slice::from_ref(event)).await;
        match attempt(&mut transaction, step).await? {
            Err(error) if error.is_conflict() => return Err(error),
            Err(error) => refused.push((event, error)),
            Ok(_) => {}
        }
    }
    transaction.commit().await?;
    Ok(refused)
}

/// As [`new_events`], in a transaction of the caller's.
pub(super) async fn new_in(transaction: &Transaction<'_>, events: &[WebhookEvent]) -> Result<usize, StoreError> {
    let new = store::webhook_events::insert_new(transaction, events).await?;
    let found = effects(transaction, &new).await?;
    let waits = |event: &&&WebhookEvent| event.change.waits_for().is_some() && !found.contains(&event.key());
    let waiting: Vec<_> = new.iter().filter(waits).copied().collect();
    store::webhook_events::mark_waiting(transaction, &waiting).await?;
    Ok(new.len())
}

/// Applies events that lie in the table already, and returns how many found what they are about.
pub(super) async fn stored(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<usize, StoreError> {
    let found = effects(transaction, events).await?;
    store::webhook_events::mark_applied(transaction, &found).await?;
    Ok(found.len())
}

/// Applies events, and returns those that found what they are about.
async fn effects(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<HashSet<Key>, StoreError> {
    let removals = store::accounts::apply_removals(transaction, events).await?;
    let posts = store::tiktok_posts::apply_reports(transaction, events).await?;
    store::tiktok_public_posts::apply_reports(transaction, events).await?;
    let abandoned = store::tiktok_abandoned_uploads::apply_reports(transaction, events).await?;
    let comments = store::ig_comments::apply_reports(transaction, events).await?;
    for publish_id in &abandoned.published_twice {
        tracing::error!(publish_id, "an upload that was given up is out: its post may be there twice");
        metrics::posted_twice(Platform::TikTok.as_str());
    }
    Ok(removals.into_iter().chain(posts).chain(abandoned.found).chain(comments).collect())
}
