//! Integration and end-to-end tests, benchmarks, and the local stack that they run against.

pub mod bench;
pub mod contract;
pub mod journey;
pub mod runtime_api;
pub mod stack;
pub mod template;
