//! Integration tests against a running stack (`STACK_JSON`, set by `make test`): a module per noun, one binary.

#![expect(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod access;
mod accounts;
mod contract;
mod effects;
mod health;
mod invoke;
mod jwks;
mod limits;
mod migrations;
mod replay;
mod rotation;
mod settings;
mod storm;
mod support;
mod waiting;
mod webhooks;
