//! Integration tests against a running stack (`STACK_JSON`, set by `make test`): a module per subject, one binary.

#![expect(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod access;
mod accounts;
mod api_docs;
mod connect;
mod contract;
mod deletion;
mod disconnect;
mod health;
mod http;
mod invoke;
mod jwks;
mod limits;
mod media;
mod migrations;
mod posts;
mod publish;
mod refusals;
mod rotation;
mod round;
mod settings;
mod support;
mod tokens;
mod vault;
mod webhooks;
