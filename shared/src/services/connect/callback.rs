//! The way back: a state that is consumed once, a code that is exchanged once, and the person back in the app.

use std::time::Duration;

use platforms::{
    error::PlatformError,
    instagram::code::RedirectRefusal,
    secret::{AuthorizationCode, CodeVerifier, LoginCookie},
    tiktok::{code::OauthCode, pkce},
};
use tokio::time::timeout;
use url::Url;

use super::{
    ConnectError, PlatformClients, Recorder, RedirectUris,
    consume::Consumption,
    record::Recorded,
    return_address::{with_members, with_own_fragment},
    scopes::Pkce,
};
use crate::{
    domain::{AuthEvent, AuthEventKind, Login, LoginKind, Platform, UserId, Visitor, catalogue::ErrorCode},
    services::apps::PlatformApps,
    store::{self, oauth_states::StartedLogin},
    telemetry::{causes, metrics},
};

/// What all calls to a platform may take together: API Gateway waits for 30 seconds.
const PATIENCE: Duration = Duration::from_secs(22);

/// What completing a login needs.
#[derive(Debug)]
pub struct Callback {
    /// The platforms.
    pub clients: PlatformClients,
    /// Our apps.
    pub apps: PlatformApps,
    /// Where the platforms sent people back to.
    pub redirect_uris: RedirectUris,
    /// Whether TikTok got a PKCE challenge.
    pub pkce: Pkce,
    /// Writes what came of it.
    pub recorder: Recorder,
}

/// What the platform sent the person back with. Members that aren't known here are named in the log.
#[derive(Debug, Clone, Default)]
pub struct Returned {
    /// Names the login.
    pub state: Option<String>,
    /// The browser's cookies of logins: names that begin with [`COOKIE_PREFIX`](super::COOKIE_PREFIX), and values.
    pub cookies: Vec<(String, LoginCookie)>,
    /// Exchanged for tokens.
    pub code: Option<AuthorizationCode>,
    /// `error`, `error_reason`, `error_code` and `errCode`.
    pub refusal: Refusal,
    /// The names of all members of the query.
    pub members: Vec<String>,
}

/// How platforms say no in a query.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    /// `error`
    pub error: Option<String>,
    /// Meta's `error_reason`
    pub reason: Option<String>,
    /// Meta's `error_code`, TikTok's `errCode`.
    pub code: Option<String>,
}

/// Where the person goes.
#[derive(Debug)]
pub struct Ending {
    /// Back to the app.
    pub to: Url,
    /// The login's cookie, which is of no more use.
    pub cookie_name: String,
}

impl Callback {
    /// Completes a login. Whatever became of it, the person goes back to the app.
    ///
    /// # Errors
    /// [`ConnectError::StateMismatch`] where this browser didn't start it, so that nobody knows where to go; or the
    /// database can't say.
    pub async fn complete(
        &self,
        platform: Platform,
        returned: Returned,
        visitor: &Visitor,
    ) -> Result<Ending, ConnectError> {
        let Consumption { cookie_name, cookie, login, is_late } = self.consume(platform, &returned).await?;
        let outcome = match is_late {
            false => self.connect(&login, &returned, &cookie, visitor).await,
            true => Err(ConnectError::StateExpired),
        };
        metrics::login_finished(platform.as_str(), outcome.is_ok());
        if let Err(error) = &outcome {
            self.failed(platform, Some(login.user), error, visitor).await;
        }
        Ok(Ending { to: address(&login, platform, &outcome)?, cookie_name })
    }

    /// Notes that a login failed. A log that can't be written doesn't change what the person learns.
    pub async fn failed(&self, platform: Platform, user: Option<UserId>, error: &ConnectError, visitor: &Visitor) {
        tracing::warn!(code = error.code().as_str(), cause = %causes(error), "an account was not connected");
        let event = AuthEvent {
            event: AuthEventKind::Connected,
            user,
            platform,
            account: None,
            failure: Some(error.code()),
            visitor,
        };
        event.log();
        if let Err(error) = self.audit(&event).await {
            tracing::error!(cause = %causes(&error), "an audit row is missing");
        }
    }

    async fn audit(&self, event: &AuthEvent<'_>) -> Result<(), store::StoreError> {
        let connection = self.recorder.database.connection().await?;
        store::auth_audit_log::insert(&**connection, event).await
    }

    async fn connect(
        &self,
        started: &StartedLogin,
        returned: &Returned,
        cookie: &LoginCookie,
        visitor: &Visitor,
    ) -> Result<Recorded, ConnectError> {
        let code = code(started.platform, returned)?;
        let state = returned.state.as_deref().unwrap_or_default();
        let verifier = (self.pkce == Pkce::On).then(|| pkce::verifier(cookie, state));
        let login = Box::pin(timeout(PATIENCE, self.login(started, code, verifier.as_ref()))).await;
        let login = login.unwrap_or(Err(ConnectError::TooSlow(started.platform)));
        if let Err(ConnectError::Platform(_, PlatformError::Refused { .. })) = &login {
            // It may mean that our app has another secret by now. This login's code is spent; the next one's shall not be.
            self.apps.reread(started.kind).await;
        }
        self.recorder.record(started.user, &login?, visitor).await
    }

    async fn login(
        &self,
        started: &StartedLogin,
        code: &AuthorizationCode,
        verifier: Option<&CodeVerifier>,
    ) -> Result<Login, ConnectError> {
        match started.kind {
            None => self.tiktok(code, verifier).await,
            Some(LoginKind::FacebookLogin) => self.facebook_login(code).await,
            Some(LoginKind::InstagramLogin) => self.instagram_login(code, &started.scopes).await,
        }
    }
}

/// The code; without one the platform refused, whatever else it says.
fn code(platform: Platform, returned: &Returned) -> Result<&AuthorizationCode, ConnectError> {
    if let Some(code) = returned.code.as_ref().filter(|code| !code.expose().is_empty()) {
        return Ok(code);
    }
    let Refusal { error, reason, code } = &returned.refusal;
    let (error, reason, number) = (error.as_deref(), reason.as_deref(), code.as_deref());
    let (code, word): (ErrorCode, String) = match platform {
        Platform::TikTok => {
            let said = OauthCode::from_redirect(error, number);
            ((&said).into(), said.to_string())
        }
        Platform::Instagram => {
            let said = RedirectRefusal::from_query(error, reason, number);
            ((&said).into(), said.to_string())
        }
    };
    tracing::info!(members = returned.members.join(","), "the platform sent no code");
    Err(ConnectError::Declined { code, word })
}

/// The address of the app with what it and its person should know.
fn address(
    login: &StartedLogin,
    platform: Platform,
    outcome: &Result<Recorded, ConnectError>,
) -> Result<Url, ConnectError> {
    // It was checked before it was stored.
    let address: Url = login.return_to.parse().map_err(|_| ConnectError::ReturnAddress)?;
    let word = platform.as_str();
    let to = match outcome {
        Ok(recorded) => {
            let account = recorded.account.to_string();
            let notice = (recorded.left_out > 0).then_some(ErrorCode::AccountConnectedElsewhere.as_str());
            let members = [("connected", word), ("accountId", &account)].into_iter();
            let members: Vec<_> = members.chain(notice.map(|notice| ("notice", notice))).collect();
            with_members(&address, &members)
        }
        Err(error) => {
            let code = error.code();
            let members = [("error", code.as_str()), ("platform", word), ("message", code.user_message())];
            with_members(&address, &members)
        }
    };
    // Meta appends a fragment to its own redirect, which browsers carry on to ours.
    Ok(if platform == Platform::Instagram { with_own_fragment(to) } else { to })
}
