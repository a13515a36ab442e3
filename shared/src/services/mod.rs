//! What happens: the steps between a request or a message and the tables.

pub mod accounts;
pub mod apps;
pub mod connect;
pub mod data_deletions;
pub mod disconnect;
pub mod idempotency;
pub mod media;
pub mod meta_callbacks;
pub mod posts;
pub mod publish;
pub mod purge;
pub mod rewrap;
pub mod subscribe;
pub mod tokens;
pub mod webhooks;
