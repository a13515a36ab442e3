//! Where the tool's settings come from.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use shared::config::{ProcessEnv, Vars};

/// The functions' variables: from a file first, then from the environment.
#[derive(Debug)]
pub(crate) struct Settings(HashMap<String, String>);

impl Settings {
    pub(crate) fn load(file: Option<&Path>) -> Result<Self> {
        let Some(file) = file else { return Ok(Self(HashMap::new())) };
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let mut values = HashMap::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match line.split_once('=') {
                Some((name, value)) => values.insert(name.trim().to_owned(), value.to_owned()),
                None => bail!("{}:{}: not NAME=VALUE", file.display(), number + 1),
            };
        }
        Ok(Self(values))
    }

    /// AWS as the settings name it.
    pub(crate) fn aws(&self) -> Result<SdkConfig> {
        let mut config = shared::config::aws::load(self)?.into_builder();
        if let (Some(id), Some(secret)) = (self.get("AWS_ACCESS_KEY_ID"), self.get("AWS_SECRET_ACCESS_KEY")) {
            let credentials = Credentials::new(id, secret, self.get("AWS_SESSION_TOKEN"), None, "settings");
            config = config.credentials_provider(SharedCredentialsProvider::new(credentials));
        }
        Ok(config.build())
    }
}

impl Vars for Settings {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned().or_else(|| ProcessEnv.get(name))
    }
}
