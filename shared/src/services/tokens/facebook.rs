//! Facebook Login: the person's token and those of the Pages, looked at every day as Meta advises. Near its end the
//! person's is exchanged for another, which counts only if Meta says that it lives longer.
//!
//! A Page's token has no end of its own and outlives the person's, so each is judged by itself.

use platforms::{
    instagram::{debug_token::TokenFacts, facebook_login::App},
    secret::AccessToken,
};
use time::{Duration, OffsetDateTime};

use super::{
    Tokens,
    renew::{Fate, NewTokens, RenewError},
};
use crate::{
    crypto::Place,
    domain::catalogue::ErrorCode,
    services::apps::MetaApp,
    store::{
        page_tokens::{self, PageToken},
        token_leases::{self, Leased},
    },
};

/// How long before its end a token is exchanged.
const NEAR: Duration = Duration::days(10);
/// How long a look is good for.
const EVERY: Duration = Duration::days(1);

impl Tokens {
    pub(super) async fn check_facebook(&self, leased: &Leased) -> Result<Fate, RenewError> {
        let apps = self.apps.meta.get().await?;
        let app = named(apps.current.as_ref().ok_or(RenewError::NoApp)?);
        for page in page_tokens::of_login(&self.database.connection().await?, leased.id).await? {
            self.check_page(leased, &page, app).await?;
        }
        let Some(token) = self.open_access(leased).await? else {
            return Err(RenewError::Dead(ErrorCode::ReconnectRequired));
        };
        let facts = self.living(&token, app).await?;
        let now = OffsetDateTime::now_utc();
        if facts.expires_at.is_some_and(|end| end - now < NEAR)
            && self.exchange_person(leased, &token, &facts, app).await?
        {
            return Ok(Fate::Alive);
        }
        let ends = (facts.expires_at, facts.data_access_expires_at);
        let found = token_leases::found_good(&self.database.connection().await?, leased, ends, now + EVERY).await?;
        Ok(if found { Fate::Alive } else { Fate::Superseded })
    }

    /// Whether another token came that lives longer.
    async fn exchange_person(
        &self,
        leased: &Leased,
        token: &AccessToken,
        facts: &TokenFacts,
        app: App<'_>,
    ) -> Result<bool, RenewError> {
        let exchanged = self.clients.graphs.facebook.long_lived(app, token).await?.access_token;
        let now = OffsetDateTime::now_utc();
        let expires_at = self.living(&exchanged, app).await?.expires_at;
        if expires_at.is_some_and(|end| facts.expires_at.is_some_and(|before| end <= before)) {
            tracing::info!(account = leased.id.0, "an exchange gave no longer life, the person has to connect again");
            return Ok(false);
        }
        let scopes = Vec::new();
        let new = NewTokens {
            access: exchanged,
            refresh: None,
            issued_at: now,
            expires_at,
            refresh_expires_at: None,
            scopes,
        };
        self.keep(leased, &new).await
    }

    async fn living(&self, token: &AccessToken, app: App<'_>) -> Result<TokenFacts, RenewError> {
        let facts = self.clients.graphs.facebook.debug_token(app, token).await?;
        if facts.app_id.as_deref().is_some_and(|id| id != app.id) {
            return Err(RenewError::Dead(ErrorCode::AccessTokenInvalid));
        }
        if facts.is_valid { Ok(facts) } else { Err(RenewError::Dead(reason(&facts))) }
    }

    /// A Page whose token is dead needs the person; the others live on.
    async fn check_page(&self, leased: &Leased, page: &PageToken, app: App<'_>) -> Result<(), RenewError> {
        let place = Place::of_page_token(leased.user, &leased.open_id, &page.page_id);
        let token = self.vault.open(&page.token, &place).await?;
        match self.living(&token, app).await {
            Err(RenewError::Dead(reason)) => {
                let (instagram_account, code) = (page.instagram_account, reason.as_str());
                tracing::warn!(instagram_account, code, "a Page's token is dead");
                page_tokens::died(&self.database.connection().await?, page, code).await?;
                Ok(())
            }
            result => result.map(drop),
        }
    }
}

fn named(app: &MetaApp) -> App<'_> {
    App { id: &app.app_id, secret: &app.app_secret }
}

fn reason(facts: &TokenFacts) -> ErrorCode {
    facts.error.as_ref().map_or(ErrorCode::AccessTokenInvalid, ErrorCode::from)
}
