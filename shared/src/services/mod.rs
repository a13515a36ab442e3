//! What happens: the steps between a request or a message and the tables.

pub mod accounts;
pub mod rewrap;
pub mod webhooks;
