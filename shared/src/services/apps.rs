//! Our apps at the platforms: what names them and what proves them. One secret each, filled by the operator.

use std::time::Instant;

use aws_sdk_secretsmanager::Client;
use platforms::secret::{AppSecret, ClientSecret, VerifyToken};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    config::{ConfigError, SecretError, SecretReader, Vars},
    domain::LoginKind,
};

/// `TIKTOK_SECRET_ID`: the TikTok app.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TikTokApp {
    /// Names the app. Must be the `client_key` of what is delivered.
    pub client_key: String,
    /// Signs deliveries and proves the app at the token endpoint.
    pub client_secret: ClientSecret,
}

/// `META_SECRET_ID`: the Meta app (Facebook Login).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetaApp {
    /// Names the app.
    #[serde(default)]
    pub app_id: String,
    /// Signs deliveries and proves the app.
    pub app_secret: AppSecret,
    /// The handshake's word.
    pub verify_token: VerifyToken,
}

/// `INSTAGRAM_SECRET_ID`: the Instagram app (Instagram Login). Both members stay empty where that isn't used.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstagramApp {
    /// Names the app.
    #[serde(default)]
    pub app_id: String,
    /// May sign deliveries as well: which of the two apps signs which delivery isn't documented. An empty one never does.
    #[serde(default)]
    pub app_secret: AppSecret,
}

/// An app that a platform knows by a name.
pub(super) trait Named {
    /// Empty until the operator has filled the secret.
    fn name(&self) -> &str;
}

impl Named for TikTokApp {
    fn name(&self) -> &str {
        &self.client_key
    }
}

impl Named for MetaApp {
    fn name(&self) -> &str {
        &self.app_id
    }
}

impl Named for InstagramApp {
    fn name(&self) -> &str {
        &self.app_id
    }
}

/// The app as its secret has it now; `None` until that is filled in.
pub(super) async fn current<A: Named + Clone + DeserializeOwned>(
    secret: &SecretReader<A>,
) -> Result<Option<A>, SecretError> {
    Ok(secret.get().await?.current.clone().filter(|app| !app.name().is_empty()))
}

/// Meta's two, each read when first needed.
#[derive(Debug)]
pub struct MetaApps {
    pub(super) meta: SecretReader<MetaApp>,
    pub(super) instagram: SecretReader<InstagramApp>,
}

impl MetaApps {
    /// Names the secrets by the variables above; reads nothing yet.
    ///
    /// # Errors
    /// A variable is missing.
    pub fn load(vars: &impl Vars, client: &Client) -> Result<Self, ConfigError> {
        Ok(Self {
            meta: SecretReader::new(client.clone(), vars.required("META_SECRET_ID")?),
            instagram: SecretReader::new(client.clone(), vars.required("INSTAGRAM_SECRET_ID")?),
        })
    }
}

/// All three, each read when first needed.
#[derive(Debug)]
pub struct PlatformApps {
    pub(super) tiktok: SecretReader<TikTokApp>,
    pub(super) meta: SecretReader<MetaApp>,
    pub(super) instagram: SecretReader<InstagramApp>,
}

impl PlatformApps {
    /// Names the secrets by the variables above; reads nothing yet.
    ///
    /// # Errors
    /// A variable is missing.
    pub fn load(vars: &impl Vars, client: &Client) -> Result<Self, ConfigError> {
        Ok(Self {
            tiktok: SecretReader::new(client.clone(), vars.required("TIKTOK_SECRET_ID")?),
            meta: SecretReader::new(client.clone(), vars.required("META_SECRET_ID")?),
            instagram: SecretReader::new(client.clone(), vars.required("INSTAGRAM_SECRET_ID")?),
        })
    }

    /// Reads the secret of this login's app anew, since the platform refused the app: the next call shall know what it's now.
    pub(super) async fn reread(&self, kind: Option<LoginKind>) {
        let read = match kind {
            None => self.tiktok.reread().await.map(drop),
            Some(LoginKind::FacebookLogin) => self.meta.reread().await.map(drop),
            Some(LoginKind::InstagramLogin) => self.instagram.reread().await.map(drop),
        };
        if let Err(error) = read {
            tracing::warn!(cause = %error, "the app's secret could not be read anew");
        }
    }

    /// Reads the secret of this login's app anew, since the platform refused the app at some time after `moment`; whether that
    /// may have been an old copy's fault.
    pub(super) async fn read_since(&self, kind: Option<LoginKind>, moment: Instant) -> bool {
        let read = match kind {
            None => self.tiktok.read_since(moment).await,
            Some(LoginKind::FacebookLogin) => self.meta.read_since(moment).await,
            Some(LoginKind::InstagramLogin) => self.instagram.read_since(moment).await,
        };
        read.unwrap_or_else(|error| {
            tracing::warn!(cause = %error, "the app's secret could not be read anew");
            false
        })
    }
}
