//! The least that a function can be: it answers every event with `{}` and does nothing else. What a call of it takes is
//! what the benchmarks themselves take, and is part of every other figure.

use std::env;

use anyhow::{Context, Result};

use super::wire::Connection;

/// Answers events until the sandbox ends.
///
/// # Errors
/// The Runtime API isn't there, or has gone.
pub fn run() -> Result<()> {
    const ID: &str = "lambda-runtime-aws-request-id";
    let api = env::var("AWS_LAMBDA_RUNTIME_API").context("this is a function: it needs a Runtime API")?;
    let mut api = Connection::open(&api)?;
    loop {
        let event = api.call("GET /2018-06-01/runtime/invocation/next HTTP/1.1", b"", ID)?;
        let id = event.context("an event without an id")?;
        api.call(&format!("POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1"), b"{}", ID)?;
    }
}
