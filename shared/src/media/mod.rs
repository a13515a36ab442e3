//! Files that people want to publish.

pub mod probe;
