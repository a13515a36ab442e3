//! Integration and end-to-end tests, benchmarks, and the local stack that they run against.

#![expect(clippy::missing_errors_doc, reason = "these tools report to a person: what failed is in the error itself")]

pub mod bench;
pub mod contract;
pub mod journey;
pub mod runtime_api;
pub mod stack;
pub mod template;
