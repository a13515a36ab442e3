//! AWS Lambda's Runtime API for one sandbox: runs a function's real binary as Lambda does, without anything around it.
//!
//! For tests that want one function with something broken around it, and for benchmarks: between handing over an event
//! and the function's first byte lies a local connection and nothing else. The process sees Lambda's own variables and
//! those it is given, never ours. It gets one event at a time, and ends with its [`Sandbox`].
//!
//! Only Lambda's side of the wire is here; what invokes functions on AWS (API Gateway, SQS) is the caller's event.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

mod environment;
mod error;
mod operations;
mod output;
mod sandbox;
mod server;
#[cfg(test)]
mod tests;
mod usage;

pub use self::{
    error::FunctionError,
    sandbox::{Answer, Sandbox},
    usage::Usage,
};
