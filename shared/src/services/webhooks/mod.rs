//! Webhooks: verify and queue in one function, rows in another.

mod apply;
mod events;
pub mod ingest;
pub mod poison;
pub mod process;
pub mod replay;
mod savepoint;
pub mod waiting;
