//! A TikTok login: code for tokens, then the account's face.

use platforms::{
    error::PlatformError,
    secret::{AuthorizationCode, CodeVerifier},
    tiktok::{
        oauth::{Exchange, Grant},
        user::User,
    },
};
use serde_json::json;
use time::OffsetDateTime;

use super::{Callback, ConnectError, record::fits, start::current};
use crate::domain::{Login, Platform};

const PLATFORM: Platform = Platform::TikTok;

impl Callback {
    pub(super) async fn tiktok(
        &self,
        code: &AuthorizationCode,
        verifier: Option<&CodeVerifier>,
    ) -> Result<Login, ConnectError> {
        let app = current(&self.apps.tiktok, PLATFORM).await?;
        let now = OffsetDateTime::now_utc();
        let exchange = Exchange {
            client_key: &app.client_key,
            client_secret: &app.client_secret,
            code,
            redirect_uri: &self.redirect_uris.of(PLATFORM),
            verifier,
        };
        let grant = self.clients.tiktok.exchange_code(exchange).await.map_err(refused)?;
        fits([&grant.open_id]).map_err(refused)?;
        let user = self.user(&grant).await;
        Ok(login(grant, user, now))
    }

    /// Who it is. Only a decoration: the grant is good without it, and its code can't be used again.
    async fn user(&self, grant: &Grant) -> User {
        let user = self.clients.tiktok.user(&grant.access_token, &grant.scopes).await;
        user.unwrap_or_else(|error| {
            tracing::warn!(cause = %crate::telemetry::causes(&error), "the account is connected without its name");
            User::default()
        })
    }
}

fn refused(error: PlatformError) -> ConnectError {
    ConnectError::Platform(PLATFORM, error)
}

fn login(grant: Grant, user: User, granted_at: OffsetDateTime) -> Login {
    Login {
        platform: PLATFORM,
        kind: None,
        open_id: grant.open_id,
        person_id: None,
        display_name: user.display_name,
        scopes: grant.scopes,
        access_token: grant.access_token,
        refresh_token: Some(grant.refresh_token),
        granted_at,
        expires_at: grant.expires_in.map(|life| granted_at + life),
        refresh_expires_at: grant.refresh_expires_in.map(|life| granted_at + life),
        data_access_expires_at: None,
        metadata: json!({ "username": user.username, "union_id": user.union_id, "avatar_url": user.avatar_url }),
        instagram_accounts: Vec::new(),
        is_complete: true,
    }
}
