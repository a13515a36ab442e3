//! Webhooks: verify and queue in one function, rows in another.

mod events;
pub mod ingest;
pub mod process;
mod secrets;

pub use secrets::PlatformSecrets;
