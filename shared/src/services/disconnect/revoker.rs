//! Tells the platforms, one row at a time: taken, told, and written down, with no transaction open in between.

use std::time::Duration;

use aws_config::SdkConfig;
use platforms::{error::PlatformError, tiktok::api::Api, transport::Transport};
use tokio::time::timeout;

use super::{RevokeError, retry};
use crate::{
    config::{ConfigError, Vars},
    crypto::Vault,
    domain::{LoginKind, Platform},
    services::{
        apps::PlatformApps,
        connect::{Graphs, tiktok_client},
    },
    store::{
        self, Database, StoreError,
        pending_revocations::{Due, PendingRevocation, RevocationKind},
    },
    telemetry::causes,
};

/// How long a call may take that can be made again without harm.
pub(super) const CALL: Duration = Duration::from_secs(4);

/// What telling the platforms needs.
#[derive(Debug)]
pub struct Revoker {
    /// The tables.
    pub database: Database,
    /// Opens tokens, and seals the pair that one has to be renewed to.
    pub vault: Vault,
    /// Our apps.
    pub apps: PlatformApps,
    /// TikTok.
    pub tiktok: Api,
    /// Meta's Graphs.
    pub graphs: Graphs,
}

impl Revoker {
    /// Reads the settings of all its parts; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub fn load(vars: &impl Vars, aws: &SdkConfig) -> Result<Self, ConfigError> {
        let transport = Transport::new().map_err(|_| ConfigError::Malformed("TIKTOK_API_URL"))?;
        Ok(Self {
            database: Database::load(vars, aws)?,
            vault: Vault::load(vars, aws)?,
            apps: PlatformApps::load(vars, &aws_sdk_secretsmanager::Client::new(aws))?,
            tiktok: tiktok_client(vars, &transport)?,
            graphs: Graphs::load(vars, &transport)?,
        })
    }

    /// Tells the platform what is due next; whether that was confirmed, or `None` where nothing is due.
    pub(super) async fn next(&self, due: Due) -> Result<Option<bool>, StoreError> {
        let connection = self.database.connection().await?;
        let taken = store::pending_revocations::take_due(&connection, due).await?;
        drop(connection);
        let Some(revocation) = taken else { return Ok(None) };
        let told = Box::pin(self.tell(&revocation)).await;
        if told.as_ref().is_err_and(RevokeError::is_about_our_app) {
            // Our app may have another secret by now: the next attempt shall know it.
            self.apps.reread(revocation.login_kind).await;
        }
        self.settle(&revocation, told).await.map(Some)
    }

    async fn tell(&self, revocation: &PendingRevocation) -> Result<(), RevokeError> {
        match (revocation.platform, revocation.login_kind, revocation.kind) {
            (Platform::TikTok, ..) => self.tiktok_grant(revocation).await,
            (Platform::Instagram, Some(LoginKind::InstagramLogin), _) => self.instagram_subscription(revocation).await,
            (Platform::Instagram, _, RevocationKind::Subscription) => self.page_subscription(revocation).await,
            (Platform::Instagram, _, RevocationKind::Grant) => self.facebook_grant(revocation).await,
        }
    }

    async fn settle(&self, revocation: &PendingRevocation, told: Result<(), RevokeError>) -> Result<bool, StoreError> {
        let connection = self.database.connection().await?;
        let (id, platform) = (revocation.id, revocation.platform.as_str());
        let correlation_id = revocation.correlation_id.as_ref().map(|id| id.as_str());
        match told {
            Ok(()) => {
                tracing::info!(id, platform, kind = ?revocation.kind, correlation_id, "the platform ended it");
                store::pending_revocations::confirm(&connection, revocation).await?;
                Ok(true)
            }
            Err(error) => {
                let (code, cause) = (error.code().as_str(), causes(&error));
                tracing::warn!(id, platform, kind = ?revocation.kind, correlation_id, code, cause, "not ended yet");
                let pause = retry::pause(revocation.attempt);
                store::pending_revocations::postpone(&connection, revocation, pause, code).await?;
                Ok(false)
            }
        }
    }
}

/// A call that can be made again without harm, and so may be cut short.
pub(super) async fn briefly<T>(call: impl Future<Output = Result<T, PlatformError>>) -> Result<T, RevokeError> {
    Ok(timeout(CALL, call).await.map_err(|_| RevokeError::TooSlow)??)
}

/// What has ended already is as good as confirmed.
pub(super) fn unless(told: Result<(), RevokeError>, ended: fn(&RevokeError) -> bool) -> Result<(), RevokeError> {
    match told {
        Err(error) if ended(&error) => Ok(()),
        told => told,
    }
}
