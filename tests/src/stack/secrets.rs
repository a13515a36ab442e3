//! The values of the template's secrets: what an operator would put there after the first deployment.

use std::env;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use serde::{Deserialize, Serialize};

use super::deployment::Deployment;
use super::description::{InstagramSecret, MetaSecret, PlatformSecrets, TikTokSecret};
use super::postgres::DatabaseAccess;
use super::random::random_hex;

/// The database secret, as the functions read it.
#[derive(Serialize)]
struct DatabaseSecret<'a> {
    username: &'a str,
    password: &'a str,
    ca: &'a str,
}

/// The secret that signs the users' tokens.
#[derive(Deserialize)]
struct JwtSecret {
    secret: String,
}

impl PlatformSecrets {
    /// Credentials from the environment where the platforms are real, random ones where they are simulated.
    pub fn from_environment() -> Result<Self> {
        Ok(Self {
            tiktok: TikTokSecret {
                client_key: given_or_random("LOCAL_TIKTOK_CLIENT_KEY")?,
                client_secret: given_or_random("LOCAL_TIKTOK_CLIENT_SECRET")?,
            },
            meta: MetaSecret {
                app_id: given_or_random("LOCAL_META_APP_ID")?,
                app_secret: given_or_random("LOCAL_META_APP_SECRET")?,
                verify_token: given_or_random("LOCAL_META_VERIFY_TOKEN")?,
            },
            instagram: InstagramSecret {
                app_id: given_or_random("LOCAL_INSTAGRAM_APP_ID")?,
                app_secret: given_or_random("LOCAL_INSTAGRAM_APP_SECRET")?,
            },
        })
    }
}

fn given_or_random(variable: &str) -> Result<String> {
    match env::var(variable) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => random_hex(16),
    }
}

/// Fills the secrets that the deployment has made empty.
pub(super) async fn fill(
    config: &SdkConfig,
    deployment: &Deployment,
    platforms: &PlatformSecrets,
    database: &DatabaseAccess,
) -> Result<()> {
    let vault = Vault { client: Client::new(config), deployment };
    vault.fill_empty("TikTokSecret", &platforms.tiktok).await?;
    vault.fill_empty("MetaSecret", &platforms.meta).await?;
    vault.fill_empty("InstagramSecret", &platforms.instagram).await?;
    let (username, password, ca) = (database.username, &*database.password, &*database.authority);
    vault.put("DatabaseSecret", &DatabaseSecret { username, password, ca }).await
}

/// The secret that the deployment has generated for the users' tokens.
pub(super) async fn token_secret(config: &SdkConfig, deployment: &Deployment) -> Result<String> {
    let vault = Vault { client: Client::new(config), deployment };
    let text = vault.get("JwtSecret").await?;
    let secret: JwtSecret = serde_json::from_str(&text).context("JwtSecret isn't what the functions expect")?;
    Ok(secret.secret)
}

struct Vault<'a> {
    client: Client,
    deployment: &'a Deployment,
}

impl Vault<'_> {
    /// The emulator gives a secret without a value an empty first version, where AWS gives it none. It goes, or it
    /// would look like the value before a rotation.
    async fn fill_empty(&self, logical_id: &str, value: &impl Serialize) -> Result<()> {
        let id = self.deployment.physical_id(logical_id)?;
        let empty = self.client.get_secret_value().secret_id(id).send().await.ok().and_then(|first| first.version_id);
        self.put(logical_id, value).await?;
        let Some(empty) = empty else { return Ok(()) };
        let removal = self.client.update_secret_version_stage().secret_id(id).version_stage("AWSPREVIOUS");
        removal.remove_from_version_id(empty).send().await?;
        Ok(())
    }

    async fn put(&self, logical_id: &str, value: &impl Serialize) -> Result<()> {
        let id = self.deployment.physical_id(logical_id)?;
        let request = self.client.put_secret_value().secret_id(id).secret_string(serde_json::to_string(value)?);
        request.send().await.with_context(|| format!("cannot fill {logical_id}"))?;
        Ok(())
    }

    async fn get(&self, logical_id: &str) -> Result<String> {
        let id = self.deployment.physical_id(logical_id)?;
        let answer = self.client.get_secret_value().secret_id(id).send().await;
        let answer = answer.with_context(|| format!("cannot read {logical_id}"))?;
        answer.secret_string.with_context(|| format!("{logical_id} holds no text"))
    }
}
