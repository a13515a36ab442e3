//! Webhooks: verify and queue in one function, rows in another.

mod apply;
mod events;
pub mod ingest;
pub mod process;
pub mod replay;
pub mod waiting;
