//! Webhooks: verify and queue in one function, rows in another.

mod apply;
mod events;
pub mod ingest;
pub mod process;
pub mod replay;
mod secrets;
pub mod waiting;

pub use secrets::PlatformSecrets;
