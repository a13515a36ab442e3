//! PostgreSQL: one function, one statement, written out as SQL.
//!
//! Every query for a user takes the owner. What a platform reports crosses owners: it finds its rows by the platform's ids,
//! and says so (`apply_…`). Functions take a connection or a transaction, so the service decides what is atomic. Statements are unnamed ([`tokio_postgres::Client::query_typed`]): one round trip, and nothing that would
//! pin a connection of RDS Proxy.

use serde::de::{DeserializeOwned, value::StrDeserializer};
use tokio_postgres::Row;

pub mod accounts;
mod array;
pub mod auth_audit_log;
pub mod current_tokens;
pub mod data_deletion_requests;
mod database;
pub mod disconnections;
mod error;
pub mod event_authors;
pub mod expired_revocations;
pub mod forgotten;
pub mod idempotency_keys;
pub mod ig_comments;
pub mod late_revocations;
pub mod logins;
pub mod media_uploads;
pub mod new_posts;
pub mod oauth_states;
pub mod overtaken_revocations;
pub mod page_tokens;
pub mod pending_revocations;
pub mod poison;
pub mod posts;
pub mod publish_claims;
pub mod publish_due;
pub mod publish_ends;
pub mod publish_steps;
pub mod purge;
mod purge_traces;
mod refusal;
pub mod renewals;
mod retried;
pub mod sealed_tokens;
pub mod stored_events;
pub mod subscriptions;
pub mod tiktok_abandoned_uploads;
pub mod tiktok_posts;
pub mod tiktok_public_posts;
pub mod token_leases;
pub mod webhook_events;

pub use database::{Connection, Database};
pub use error::StoreError;
pub use refusal::Refusal;
pub use retried::{Attempts, retried};

/// A statement's parameters with their types.
type Parameters<'a> = &'a [(&'a (dyn tokio_postgres::types::ToSql + Sync), tokio_postgres::types::Type)];

/// A text column that holds one of an enum's words; the CHECK constraints and the enums must agree.
fn word<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(text))
        .map_err(|error| StoreError::Unexpected { column, source: error.into() })
}
