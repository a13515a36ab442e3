//! The way out: a state, its cookie, and the address of the platform's consent page.

use platforms::{
    instagram::{
        facebook_login::{self, Asks},
        instagram_login,
    },
    secret::LoginCookie,
    tiktok::{oauth, pkce},
};
use serde::de::DeserializeOwned;
use url::Url;

use super::{
    ConnectError, ConsentPages, RedirectUris, ReturnAddresses,
    scopes::Pkce,
    state::{cookie_name, hash, random_word},
};
use crate::{
    config::SecretReader,
    domain::{AuthEvent, AuthEventKind, LoginKind, Platform, UserId, Visitor},
    services::apps::{self, Named, PlatformApps},
    store::{
        self, Database,
        oauth_states::{Hashes, StartedLogin},
    },
};

/// How long a browser keeps the cookie, in seconds. It outlives the state: who comes back late can still be sent on to
/// the app, and told that it took too long.
const COOKIE_AGE_S: u32 = 3600;

/// What starting a login needs.
#[derive(Debug)]
pub struct Start {
    /// Where people are asked, and for what.
    pub pages: ConsentPages,
    /// Where the platforms send them back to.
    pub redirect_uris: RedirectUris,
    /// Where we send them in the end.
    pub return_addresses: ReturnAddresses,
    /// Our apps.
    pub apps: PlatformApps,
    /// The tables.
    pub database: Database,
}

/// What the app asks for.
#[derive(Debug, Clone, Copy)]
pub struct StartRequest<'a> {
    /// Who connects an account.
    pub user: UserId,
    /// Where.
    pub platform: Platform,
    /// Some of the configured scopes, with commas.
    pub scopes: Option<&'a str>,
    /// Where to go afterwards.
    pub return_to: Option<&'a str>,
    /// Whether the person has connected this account before and must be asked again.
    pub reconnect: bool,
    /// From where.
    pub visitor: &'a Visitor,
}

/// A started login.
#[derive(Debug)]
pub struct Started {
    /// The consent page.
    pub url: Url,
    /// Comes back with the person.
    pub state: String,
    /// Must come back in the same browser's cookie.
    pub cookie: LoginCookie,
}

impl Start {
    /// Starts a login.
    ///
    /// # Errors
    /// See [`ConnectError`]; nothing was started.
    pub async fn start(&self, request: StartRequest<'_>) -> Result<Started, ConnectError> {
        let login = self.login(request)?;
        let (state, cookie) = (random_word()?, LoginCookie::from(random_word()?));
        let url = self.consent_url(&login, &state, &cookie).await?;
        self.keep(&login, &state, &cookie, request.visitor).await?;
        Ok(Started { url, state, cookie })
    }

    fn login(&self, request: StartRequest<'_>) -> Result<StartedLogin, ConnectError> {
        let kind = self.pages.kind_of(request.platform);
        let return_to = self.return_addresses.resolve(request.return_to).ok_or(ConnectError::ReturnAddress)?;
        Ok(StartedLogin {
            user: request.user,
            platform: request.platform,
            kind,
            scopes: self.pages.page(kind).choose(request.scopes)?,
            return_to: return_to.into(),
            reconnect: request.reconnect,
        })
    }

    async fn keep(
        &self,
        login: &StartedLogin,
        state: &str,
        cookie: &LoginCookie,
        visitor: &Visitor,
    ) -> Result<(), ConnectError> {
        let connection = self.database.connection().await?;
        let hashes = Hashes { state: &hash(state), cookie: &hash(cookie.expose()) };
        let kept = store::oauth_states::insert(&connection, hashes, login, visitor.correlation_id.as_ref()).await;
        kept.map_err(|error| {
            if error.violates("oauth_states_user_id_fkey") { ConnectError::NoSuchUser } else { error.into() }
        })?;
        let event = AuthEvent {
            event: AuthEventKind::ConnectStarted,
            user: Some(login.user),
            platform: login.platform,
            account: None,
            failure: None,
            visitor,
        };
        event.log();
        Ok(store::auth_audit_log::insert(&**connection, &event).await?)
    }

    async fn consent_url(&self, login: &StartedLogin, state: &str, cookie: &LoginCookie) -> Result<Url, ConnectError> {
        match login.kind {
            None => self.tiktok(login, state, cookie).await,
            Some(LoginKind::FacebookLogin) => self.facebook_login(login, state).await,
            Some(LoginKind::InstagramLogin) => self.instagram_login(login, state).await,
        }
    }

    async fn tiktok(&self, login: &StartedLogin, state: &str, cookie: &LoginCookie) -> Result<Url, ConnectError> {
        let app = current(&self.apps.tiktok, login.platform).await?;
        let challenge = (self.pages.pkce == Pkce::On).then(|| pkce::challenge(&pkce::verifier(cookie, state)));
        let request = oauth::ConsentRequest {
            client_key: &app.client_key,
            scopes: &login.scopes,
            redirect_uri: &self.redirect_uris.of(login.platform),
            state,
            challenge: challenge.as_deref(),
            always_ask: login.reconnect,
        };
        Ok(request.url(&self.pages.tiktok.url))
    }

    async fn facebook_login(&self, login: &StartedLogin, state: &str) -> Result<Url, ConnectError> {
        let app = current(&self.apps.meta, login.platform).await?;
        let scopes = || Asks::Scopes(&login.scopes);
        let request = facebook_login::ConsentRequest {
            app_id: &app.app_id,
            redirect_uri: &self.redirect_uris.of(login.platform),
            state,
            asks: self.pages.configuration.as_deref().map_or_else(scopes, Asks::Configuration),
            always_ask: login.reconnect,
        };
        Ok(request.url(&self.pages.facebook_login.url))
    }

    async fn instagram_login(&self, login: &StartedLogin, state: &str) -> Result<Url, ConnectError> {
        let app = current(&self.apps.instagram, login.platform).await?;
        let request = instagram_login::ConsentRequest {
            app_id: &app.app_id,
            redirect_uri: &self.redirect_uris.of(login.platform),
            state,
            scopes: &login.scopes,
            always_ask: login.reconnect,
        };
        Ok(request.url(&self.pages.instagram_login.url))
    }
}

/// The app that the login needs.
pub(super) async fn current<A: Named + Clone + DeserializeOwned>(
    secret: &SecretReader<A>,
    platform: Platform,
) -> Result<A, ConnectError> {
    apps::current(secret).await?.ok_or(ConnectError::NoApp(platform))
}

/// The cookie that ties a login to its browser. `Lax` lets it come along when the platform sends the person back.
impl Started {
    /// The value of the `Set-Cookie` header.
    pub fn set_cookie(&self) -> String {
        let name = cookie_name(&hash(&self.state));
        format!("{name}={}; Path=/; Max-Age={COOKIE_AGE_S}; Secure; HttpOnly; SameSite=Lax", self.cookie.expose())
    }
}
