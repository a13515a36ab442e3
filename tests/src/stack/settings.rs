//! `functions.env`: the settings that the functions are deployed with, for `cargo lambda watch`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use aws_sdk_lambda::Client;

use super::aws::{REGION, sdk_config};
use super::description::StackDescription;
use super::folder::settings_file;

/// Writes all functions' settings into one file: a variable means the same wherever it's set.
pub(super) async fn write(folder: &Path, stack: &StackDescription) -> Result<()> {
    let mut settings = BTreeMap::from([
        ("AWS_ENDPOINT_URL".to_owned(), stack.aws_endpoint_url.clone()),
        ("AWS_REGION".to_owned(), REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID".to_owned(), "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY".to_owned(), "test".to_owned()),
    ]);
    let client = Client::new(&sdk_config(&stack.aws_endpoint_url));
    for function in stack.functions.values() {
        let deployed = client.get_function_configuration().function_name(function).send().await?;
        let variables = deployed.environment().and_then(|environment| environment.variables().cloned());
        for (name, value) in variables.unwrap_or_default() {
            let before = settings.insert(name.clone(), value.clone());
            ensure!(before.is_none_or(|before| before == value), "{name} differs from function to function");
        }
    }
    let lines: String = settings.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    fs::write(settings_file(folder), lines)?;
    Ok(())
}
