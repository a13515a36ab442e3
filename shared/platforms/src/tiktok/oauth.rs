//! TikTok's login: the consent page's address and the token endpoint.
//!
//! developers.tiktok.com, Login Kit for Web; Manage OAuth access tokens.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::{api::Api, code::OauthCode};
use crate::{
    error::{PlatformError, RefusalCode},
    lenient,
    secret::{AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, RefreshToken},
    transport::Answer,
};

/// The real consent page. Its final slash belongs to it.
pub const CONSENT_PAGE: &str = "https://www.tiktok.com/v2/auth/authorize/";

/// Our app, as the token and revoke endpoints want it.
#[derive(Debug, Clone, Copy)]
pub struct App<'a> {
    /// Names it.
    pub client_key: &'a str,
    /// Proves it.
    pub client_secret: &'a ClientSecret,
}

/// What the consent page is asked.
#[derive(Debug, Clone, Copy)]
pub struct ConsentRequest<'a> {
    /// Names our app.
    pub client_key: &'a str,
    /// What to ask for.
    pub scopes: &'a [String],
    /// Must be registered, to the byte.
    pub redirect_uri: &'a str,
    /// Comes back unchanged.
    pub state: &'a str,
    /// Where PKCE is on.
    pub challenge: Option<&'a str>,
    /// Shows the page even to someone who has granted before; otherwise TikTok may silently grant the same again.
    pub always_ask: bool,
}

impl ConsentRequest<'_> {
    /// The address to send the person's browser to.
    pub fn url(&self, page: &Url) -> Url {
        let mut url = page.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_key", self.client_key)
            .append_pair("response_type", "code")
            .append_pair("scope", &self.scopes.join(","))
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("state", self.state);
        if let Some(challenge) = self.challenge {
            query.append_pair("code_challenge", challenge).append_pair("code_challenge_method", "S256");
        }
        if self.always_ask {
            query.append_pair("disable_auto_auth", "1");
        }
        drop(query);
        url
    }
}

/// A code, with what must be the same as when it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// Names our app.
    pub client_key: &'a str,
    /// Proves our app.
    pub client_secret: &'a ClientSecret,
    /// As it came back, decoded once.
    pub code: &'a AuthorizationCode,
    /// To the byte as before.
    pub redirect_uri: &'a str,
    /// Where a challenge was sent.
    pub verifier: Option<&'a CodeVerifier>,
}

/// What TikTok grants. Lifetimes are what the answer says, never what the documentation does.
#[derive(Debug)]
pub struct Grant {
    /// The account, for our app.
    pub open_id: String,
    /// Acts for the account.
    pub access_token: AccessToken,
    /// How long it does.
    pub expires_in: Option<Duration>,
    /// Gets the next pair. One use.
    pub refresh_token: RefreshToken,
    /// How long it can.
    pub refresh_expires_in: Option<Duration>,
    /// What was granted, perhaps less than was asked for.
    pub scopes: Vec<String>,
}

impl Api {
    /// Exchanges a code for tokens. A code works once, so this is never repeated.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn exchange_code(&self, exchange: Exchange<'_>) -> Result<Grant, PlatformError> {
        let mut form = vec![
            ("client_key", exchange.client_key),
            ("client_secret", exchange.client_secret.expose()),
            ("code", exchange.code.expose()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", exchange.redirect_uri),
        ];
        form.extend(exchange.verifier.map(|verifier| ("code_verifier", verifier.expose())));
        grant(&self.post_form("/v2/oauth/token/", &form).await?)
    }
}

/// The answer of the token and revoke endpoints: flat, and a refusal wherever there is an `error`, whatever the status.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    #[serde(default, deserialize_with = "lenient::text")]
    error: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    log_id: Option<String>,
    #[serde(default)]
    pub(super) access_token: AccessToken,
    #[serde(default)]
    pub(super) refresh_token: RefreshToken,
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub(super) expires_in: Option<Duration>,
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub(super) refresh_expires_in: Option<Duration>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) open_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) scope: Option<String>,
}

impl TokenAnswer {
    /// Reads what isn't a refusal.
    pub(super) fn read(answer: &Answer) -> Result<Self, PlatformError> {
        let said: Self = lenient::object(&answer.body).map_err(|error| PlatformError::not_json(answer, &error))?;
        let Some(error) = said.error.as_deref().filter(|error| !error.is_empty()) else { return Ok(said) };
        let code = RefusalCode::TikTokOauth(OauthCode::from(error));
        Err(PlatformError::refused(code, answer, said.log_id))
    }
}

fn grant(answer: &Answer) -> Result<Grant, PlatformError> {
    let said = TokenAnswer::read(answer)?;
    let open_id = said.open_id.filter(|id| !id.is_empty());
    let open_id = open_id.ok_or_else(|| PlatformError::unreadable(answer, "no open_id"))?;
    if said.access_token.expose().is_empty() || said.refresh_token.expose().is_empty() {
        return Err(PlatformError::unreadable(answer, "no token"));
    }
    Ok(Grant {
        open_id,
        access_token: said.access_token,
        expires_in: said.expires_in,
        refresh_token: said.refresh_token,
        refresh_expires_in: said.refresh_expires_in,
        scopes: lenient::words(said.scope.as_deref().unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests;
