//! What happens: the steps between a request or a message and the tables.

pub mod accounts;
pub mod apps;
pub mod connect;
pub mod rewrap;
pub mod subscribe;
pub mod tokens;
pub mod webhooks;
