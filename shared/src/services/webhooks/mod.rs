//! Webhooks: verify and queue in one function, rows in another.

mod apply;
pub mod authors;
mod events;
pub mod ingest;
pub mod poison;
pub mod process;
pub mod replay;
mod savepoint;
pub mod waiting;
