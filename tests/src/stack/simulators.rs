//! The platforms: simulators inside the stack's process, or the addresses that the environment names.

use std::env;

use anyhow::{Result, anyhow, bail};
use testkit::{meta, tiktok};

use super::description::PlatformSecrets;

/// The version of Meta's Graph API that is called here.
const GRAPH_API_VERSION: &str = "v26.0";

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
    simulator: Option<S>,
}

impl Platforms {
    /// Where the functions find the platforms, as parameters of the template; and how Instagram accounts are connected,
    /// where `LOCAL_INSTAGRAM_LOGIN` says so.
    pub(super) fn parameters(&self) -> Result<Vec<(&'static str, String)>> {
        let (tiktok, meta) = (&self.tiktok.url, &self.meta.url);
        let mut parameters = vec![
            ("TikTokAuthUrl", format!("{tiktok}/v2/auth/authorize/")),
            ("TikTokApiUrl", tiktok.clone()),
            ("TikTokUploadHosts", format!("tiktokapis.com,{tiktok}")),
            ("FacebookDialogUrl", format!("{meta}/{GRAPH_API_VERSION}/dialog/oauth")),
            ("GraphApiUrl", meta.clone()),
            ("GraphApiVersion", GRAPH_API_VERSION.to_owned()),
            ("InstagramAuthUrl", format!("{meta}/oauth/authorize")),
            ("InstagramApiUrl", meta.clone()),
            ("InstagramGraphUrl", meta.clone()),
        ];
        match env::var("LOCAL_INSTAGRAM_LOGIN").as_deref() {
            Err(_) | Ok("") => {}
            Ok(kind @ ("facebook_login" | "instagram_login")) => parameters.push(("InstagramLogin", kind.to_owned())),
            Ok(other) => bail!("LOCAL_INSTAGRAM_LOGIN is {other}, and neither facebook_login nor instagram_login"),
        }
        Ok(parameters)
    }

    /// Registers where the platforms may send people back to, as one does in their dashboards. Platforms that were named
    /// by the environment have it done already.
    pub(super) fn register(&self, api_url: &str) {
        if let Some(tiktok) = &self.tiktok.simulator {
            tiktok.allow_redirect(&format!("{api_url}/api/auth/tiktok/callback"));
        }
        if let Some(meta) = &self.meta.simulator {
            meta.allow_redirect(&format!("{api_url}/api/auth/instagram/callback"));
        }
    }

    /// Starts a simulator, with our app registered, for each platform that the environment doesn't name.
    pub(super) async fn start(secrets: &PlatformSecrets) -> Result<Self> {
        Ok(Self { tiktok: start_tiktok(secrets).await?, meta: start_meta(secrets).await? })
    }
}

async fn start_tiktok(secrets: &PlatformSecrets) -> Result<Platform<tiktok::Simulator>> {
    if let Some(url) = named("LOCAL_TIKTOK_URL") {
        return Ok(Platform { url, simulator: None });
    }
    let secret = secrets.tiktok.clone();
    let app = tiktok::App { client_key: secret.client_key, client_secret: secret.client_secret };
    let simulator = tiktok::Simulator::start(app).await.map_err(|error| anyhow!(error))?;
    Ok(Platform { url: simulator.url().to_owned(), simulator: Some(simulator) })
}

async fn start_meta(secrets: &PlatformSecrets) -> Result<Platform<meta::Simulator>> {
    if let Some(url) = named("LOCAL_META_URL") {
        return Ok(Platform { url, simulator: None });
    }
    let (facebook, instagram) = (secrets.meta.clone(), secrets.instagram.clone());
    let apps = meta::Apps {
        facebook: meta::App { app_id: facebook.app_id, app_secret: facebook.app_secret },
        instagram: meta::App { app_id: instagram.app_id, app_secret: instagram.app_secret },
    };
    let simulator = meta::Simulator::start(apps).await.map_err(|error| anyhow!(error))?;
    Ok(Platform { url: simulator.url().to_owned(), simulator: Some(simulator) })
}

/// A platform's address from the environment.
fn named(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|url| !url.is_empty()).map(|url| url.trim_end_matches('/').to_owned())
}
