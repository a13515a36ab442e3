//! The platforms: simulators inside the stack's process, or the addresses that the environment names.

use std::env;

use anyhow::{Result, anyhow};
use testkit::{meta, tiktok};

use super::description::PlatformSecrets;

/// TikTok and Meta, at the addresses that the functions are given.
#[derive(Debug)]
pub(super) struct Platforms {
    /// TikTok.
    pub tiktok: Platform<tiktok::Simulator>,
    /// Meta.
    pub meta: Platform<meta::Simulator>,
}

/// One platform.
#[derive(Debug)]
pub(super) struct Platform<S> {
    /// Its base address, without a final slash.
    pub url: String,
    /// Ends when dropped.
    _simulator: Option<S>,
}

impl Platforms {
    /// Starts a simulator, with our app registered, for each platform that the environment doesn't name.
    pub(super) async fn start(secrets: &PlatformSecrets) -> Result<Self> {
        Ok(Self { tiktok: start_tiktok(secrets).await?, meta: start_meta(secrets).await? })
    }
}

async fn start_tiktok(secrets: &PlatformSecrets) -> Result<Platform<tiktok::Simulator>> {
    if let Some(url) = named("LOCAL_TIKTOK_URL") {
        return Ok(Platform { url, _simulator: None });
    }
    let secret = secrets.tiktok.clone();
    let app = tiktok::App { client_key: secret.client_key, client_secret: secret.client_secret };
    let simulator = tiktok::Simulator::start(app).await.map_err(|error| anyhow!(error))?;
    Ok(Platform { url: simulator.url().to_owned(), _simulator: Some(simulator) })
}

async fn start_meta(secrets: &PlatformSecrets) -> Result<Platform<meta::Simulator>> {
    if let Some(url) = named("LOCAL_META_URL") {
        return Ok(Platform { url, _simulator: None });
    }
    let secret = secrets.meta.clone();
    let app = meta::App { app_id: secret.app_id, app_secret: secret.app_secret };
    let simulator = meta::Simulator::start(app).await.map_err(|error| anyhow!(error))?;
    Ok(Platform { url: simulator.url().to_owned(), _simulator: Some(simulator) })
}

/// A platform's address from the environment.
fn named(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|url| !url.is_empty()).map(|url| url.trim_end_matches('/').to_owned())
}
