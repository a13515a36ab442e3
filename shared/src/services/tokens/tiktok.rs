//! TikTok: a pair for a pair. The refresh token that is sent may work no more once the answer is written.

use platforms::{
    error::PlatformError,
    secret::RefreshToken,
    tiktok::{oauth::App, token::Renewal},
    verdict::Outcome,
};
use time::OffsetDateTime;

use super::{
    Tokens,
    renew::{Fate, NewTokens, RenewError},
};
use crate::{
    crypto::{Place, VaultError},
    domain::{Platform, catalogue::ErrorCode},
    services::apps::{TikTokApp, current},
    store::token_leases::{self, Leased},
};

impl Tokens {
    pub(super) async fn renew_tiktok(&self, leased: &Leased) -> Result<Fate, RenewError> {
        let app = current(&self.apps.tiktok).await?.ok_or(RenewError::NoApp)?;
        let Some(token) = self.open_refresh(leased).await? else {
            return Err(RenewError::Dead(ErrorCode::ReconnectRequired));
        };
        // A new pair that could not be sealed would be lost.
        self.vault.prepare().await?;
        let Some(renewal) = self.exchange(leased, &app, &token).await? else { return Ok(Fate::Superseded) };
        let new = new_tokens(renewal, OffsetDateTime::now_utc());
        if self.keep(leased, &new).await? {
            return Ok(Fate::Alive);
        }
        self.give_back(leased, &new).await?;
        Ok(Fate::Superseded)
    }

    /// Where no answer came, the same token is tried once more at once: if TikTok lets the one before live on for a
    /// moment, that is when.
    async fn exchange(
        &self,
        leased: &Leased,
        app: &TikTokApp,
        token: &RefreshToken,
    ) -> Result<Option<Renewal>, RenewError> {
        match self.send(leased, app, token).await {
            Err(RenewError::Platform(PlatformError::Unavailable(cause))) => {
                tracing::warn!(cause = ?cause, "a refresh was not answered, it is sent once more");
                self.send(leased, app, token).await
            }
            answer => answer,
        }
    }

    /// One call, which counts as unanswered until it's certain that it did nothing: it may have brought a pair that nobody
    /// has. `None` where the account isn't ours to renew any more.
    async fn send(
        &self,
        leased: &Leased,
        app: &TikTokApp,
        token: &RefreshToken,
    ) -> Result<Option<Renewal>, RenewError> {
        if !token_leases::begin(&self.database.connection().await?, leased).await? {
            return Ok(None);
        }
        let answer = self.clients.tiktok.refresh(named(app), token).await;
        if answer.as_ref().is_err_and(|error| Outcome::from(error) == Outcome::NotDone) {
            token_leases::did_nothing(&self.database.connection().await?, leased).await?;
        }
        Ok(Some(answer?))
    }

    async fn open_refresh(&self, leased: &Leased) -> Result<Option<RefreshToken>, VaultError> {
        let Some(sealed) = &leased.refresh else { return Ok(None) };
        let place = Place::of_login("refresh_token_encrypted", Platform::TikTok, leased.user, &leased.open_id);
        self.vault.open(sealed, &place).await.map(Some)
    }
}

fn named(app: &TikTokApp) -> App<'_> {
    App { client_key: &app.client_key, client_secret: &app.client_secret }
}

fn new_tokens(renewal: Renewal, issued_at: OffsetDateTime) -> NewTokens {
    NewTokens {
        access: renewal.access_token,
        refresh: Some(renewal.refresh_token),
        issued_at,
        expires_at: renewal.expires_in.map(|life| issued_at + life),
        refresh_expires_at: renewal.refresh_expires_in.map(|life| issued_at + life),
        scopes: renewal.scopes,
    }
}
