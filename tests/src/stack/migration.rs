//! The database's tables, made by the deployed `db-migrate` function as after every deployment.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;

const FUNCTION: &str = "db-migrate";

/// Invokes the function and waits for it to finish.
pub(super) async fn migrate(config: &SdkConfig, functions: &BTreeMap<String, String>) -> Result<()> {
    let name = functions.get(FUNCTION).with_context(|| format!("the template has no function {FUNCTION}"))?;
    let request = Client::new(config).invoke().function_name(name).payload(Blob::new("{}"));
    let answer = request.send().await.with_context(|| format!("cannot invoke {FUNCTION}"))?;
    if answer.function_error.is_some() {
        let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
        bail!("{FUNCTION} failed: {}", String::from_utf8_lossy(&payload));
    }
    Ok(())
}
