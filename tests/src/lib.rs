//! Integration and end-to-end tests, benchmarks, and the local stack that they run against.

pub mod journey;
pub mod stack;
