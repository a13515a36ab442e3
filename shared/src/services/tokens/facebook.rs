//! Facebook Login: the person's token and those of the Pages, looked at every day as Meta advises. Near its end the
//! person's is exchanged for another, which counts only if Meta says that it lives longer.
//!
//! A Page's token has no end of its own and outlives the person's, so each is judged by itself.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use platforms::{
    error::PlatformError,
    instagram::{debug_token::TokenFacts, facebook_login::App},
    secret::AccessToken,
    verdict::Verdict,
};
use time::{Duration, OffsetDateTime};

use super::{
    Tokens,
    renew::{Fate, NewTokens, RenewError},
};
use crate::{
    crypto::{Place, VaultError},
    domain::catalogue::ErrorCode,
    services::apps::{MetaApp, current},
    store::{
        page_tokens::{self, PageToken},
        renewals,
        token_leases::Leased,
    },
    telemetry::causes,
};

/// How long before its end a token is exchanged.
const NEAR: Duration = Duration::days(10);
/// How many Pages of a login are looked at at the same time.
const PAGES_AT_ONCE: usize = 4;
/// How long a look is good for.
const EVERY: Duration = Duration::days(1);

impl Tokens {
    pub(super) async fn check_facebook(&self, leased: &Leased) -> Result<Fate, RenewError> {
        let app = current(&self.apps.meta).await?.ok_or(RenewError::NoApp)?;
        let app = named(&app);
        // On a line of its own: the connection would be held until the last Page is done.
        let pages = page_tokens::of_login(&self.database.connection().await?, leased.id).await?;
        let checks = stream::iter(pages).map(Ok);
        checks.try_for_each_concurrent(PAGES_AT_ONCE, async |page| self.check_page(leased, &page, app).await).await?;
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
        let found = renewals::found_good(&self.database.connection().await?, leased, ends, now + EVERY).await?;
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
        let now = OffsetDateTime::now_utc();
        let Some((exchanged, expires_at)) = self.longer_lived(token, facts, app).await? else {
            tracing::info!(account = leased.id.0, "an exchange gave no longer life, the person has to connect again");
            return Ok(false);
        };
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

    /// What the exchange refuses says nothing of the token that was just found good.
    async fn longer_lived(
        &self,
        token: &AccessToken,
        facts: &TokenFacts,
        app: App<'_>,
    ) -> Result<Option<(AccessToken, Option<OffsetDateTime>)>, RenewError> {
        let exchanged = match self.clients.graphs.facebook.long_lived(app, token).await {
            Err(error @ PlatformError::Refused { .. }) if Verdict::from(&error) != Verdict::Throttled => {
                tracing::warn!(cause = causes(&error), "an exchange was refused");
                return Ok(None);
            }
            answer => answer?.access_token,
        };
        let new = match self.living(&exchanged, app).await {
            Err(RenewError::Dead(_)) => return Ok(None),
            new => new?,
        };
        let is_longer = facts.expires_at.is_none_or(|before| new.expires_at.is_none_or(|end| before < end));
        Ok(is_longer.then_some((exchanged, new.expires_at)))
    }

    /// An invalid token is an answer. A refusal of the question itself is about our app, and so is a token of another's.
    async fn living(&self, token: &AccessToken, app: App<'_>) -> Result<TokenFacts, RenewError> {
        let facts = match self.clients.graphs.facebook.debug_token(app, token).await {
            Err(error) if is_about_us(Verdict::from(&error)) => {
                tracing::error!(cause = causes(&error), "Meta refuses to tell us of tokens");
                return Err(RenewError::ForeignApp);
            }
            answer => answer?,
        };
        if facts.app_id.as_deref().is_some_and(|id| id != app.id) {
            return Err(RenewError::ForeignApp);
        }
        if facts.is_valid { Ok(facts) } else { Err(RenewError::Dead(reason(&facts))) }
    }

    /// A Page whose token is dead needs the person; the others live on.
    async fn check_page(&self, leased: &Leased, page: &PageToken, app: App<'_>) -> Result<(), RenewError> {
        let place = Place::of_page_token(leased.user, &leased.open_id, &page.page_id);
        let token = match self.vault.open(&page.token, &place).await {
            Err(error @ (VaultError::Foreign | VaultError::Malformed)) => {
                tracing::error!(instagram_account = page.instagram_account, cause = %error, "a Page's token does not open");
                return Ok(());
            }
            token => token?,
        };
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

fn is_about_us(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::TokenDead(_) | Verdict::NotGranted | Verdict::AppAtFault)
}

fn reason(facts: &TokenFacts) -> ErrorCode {
    facts.error.as_ref().map_or(ErrorCode::AccessTokenInvalid, ErrorCode::from)
}
