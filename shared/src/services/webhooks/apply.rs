//! What events do to the tables, in one transaction.

use deadpool_postgres::Transaction;

use crate::{
    domain::WebhookEvent,
    store::{self, Database, StoreError},
};

/// How often a transaction that lost to another one is run.
const ATTEMPTS: u32 = 5;

/// Stores the events that are new, applies those, and returns how many they were. `events` must be free of duplicates
/// and in the order of their keys.
pub(super) async fn new_events(database: &Database, events: &[WebhookEvent]) -> Result<usize, StoreError> {
    let mut attempt = 1;
    loop {
        // Boxed: the state of all its statements at once is large, and would be part of every future around it.
        match Box::pin(transaction(database, events)).await {
            Err(error) if error.is_conflict() && attempt < ATTEMPTS => attempt += 1,
            result => return result,
        }
    }
}

async fn transaction(database: &Database, events: &[WebhookEvent]) -> Result<usize, StoreError> {
    let mut connection = database.connection().await?;
    let transaction = connection.transaction().await?;
    let new = new_in(&transaction, events).await?;
    transaction.commit().await?;
    Ok(new)
}

/// As [`new_events`], in a transaction of the caller's.
pub(super) async fn new_in(transaction: &Transaction<'_>, events: &[WebhookEvent]) -> Result<usize, StoreError> {
    let new = store::webhook_events::insert_new(transaction, events).await?;
    effects(transaction, &new).await?;
    Ok(new.len())
}

/// Applies events and notes which of them found what they are about; the others wait.
pub(super) async fn effects(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<usize, StoreError> {
    store::accounts::apply_removals(transaction, events).await?;
    let mut found = store::tiktok_posts::apply_reports(transaction, events).await?;
    store::tiktok_public_posts::apply_reports(transaction, events).await?;
    found.extend(store::ig_comments::apply(transaction, events).await?);
    store::webhook_events::mark_applied(transaction, &found).await?;
    Ok(found.len())
}
