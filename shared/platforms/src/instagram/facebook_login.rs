//! Facebook Login: the consent page's address, tokens, and who logged in.
//!
//! developers.facebook.com, Facebook Login: manual flow; long-lived tokens.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::graph::{Caller, Graph};
use crate::{
    error::PlatformError,
    lenient,
    secret::{AccessToken, AppSecret, AuthorizationCode},
};

/// The real consent page for a version of the Graph.
pub fn consent_page(version: &str) -> String {
    format!("https://www.facebook.com/{version}/dialog/oauth")
}

/// What the consent page is asked.
#[derive(Debug, Clone, Copy)]
pub struct ConsentRequest<'a> {
    /// Names our app.
    pub app_id: &'a str,
    /// Must be registered, to the byte.
    pub redirect_uri: &'a str,
    /// Comes back unchanged.
    pub state: &'a str,
    /// What to ask for.
    pub asks: Asks<'a>,
    /// Asks again for what the person declined before.
    pub always_ask: bool,
}

/// How the permissions are named.
#[derive(Debug, Clone, Copy)]
pub enum Asks<'a> {
    /// One by one.
    Scopes(&'a [String]),
    /// By a configuration of Facebook Login for Business.
    Configuration(&'a str),
}

impl ConsentRequest<'_> {
    /// The address to send the person's browser to.
    pub fn url(&self, page: &Url) -> Url {
        let mut url = page.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", self.app_id)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("state", self.state)
            .append_pair("response_type", "code");
        match self.asks {
            Asks::Scopes(scopes) => query.append_pair("scope", &scopes.join(",")),
            Asks::Configuration(id) => query.append_pair("config_id", id),
        };
        if self.always_ask {
            query.append_pair("auth_type", "rerequest");
        }
        drop(query);
        url
    }
}

/// Our app, as token endpoints want it.
#[derive(Debug, Clone, Copy)]
pub struct App<'a> {
    /// Names it.
    pub id: &'a str,
    /// Proves it.
    pub secret: &'a AppSecret,
}

impl App<'_> {
    /// The app's own token, which stands for no person: to ask about tokens, and to revoke for somebody whose token has
    /// ended.
    pub fn token(&self) -> AccessToken {
        format!("{}|{}", self.id, self.secret.expose()).into()
    }
}

/// A token, and how long it holds; no end means that none was told.
#[derive(Debug, Deserialize)]
pub struct Token {
    /// Acts for the person.
    pub access_token: AccessToken,
    /// From now.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub expires_in: Option<Duration>,
}

/// Who logged in.
#[derive(Debug, Deserialize)]
pub struct Person {
    /// For our app.
    pub id: String,
    /// As Facebook shows it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

impl Graph {
    /// Exchanges a code for a short-lived token. A code works once, so this is never repeated.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn exchange_code(
        &self,
        app: App<'_>,
        code: &AuthorizationCode,
        redirect_uri: &str,
    ) -> Result<Token, PlatformError> {
        self.token(&[
            ("client_id", app.id),
            ("client_secret", app.secret.expose()),
            ("redirect_uri", redirect_uri),
            ("code", code.expose()),
        ])
        .await
    }

    /// Exchanges a living token for one of about 60 days; one that has ended needs a new login. A long-lived token may
    /// be exchanged again: another string comes back, and whether it really lives longer is only told by
    /// [`debug_token`](Self::debug_token). When to, at most daily, is the caller's rule.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn long_lived(&self, app: App<'_>, token: &AccessToken) -> Result<Token, PlatformError> {
        self.token(&[
            ("grant_type", "fb_exchange_token"),
            ("client_id", app.id),
            ("client_secret", app.secret.expose()),
            ("fb_exchange_token", token.expose()),
        ])
        .await
    }

    async fn token(&self, query: &[(&str, &str)]) -> Result<Token, PlatformError> {
        let token: Token = self.exchange(self.versioned("/oauth/access_token"), query).await?;
        token.checked()
    }

    /// Who logged in.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn person(&self, caller: Caller<'_>) -> Result<Person, PlatformError> {
        self.read("/me", &[("fields", "id,name")], caller).await
    }
}

impl Token {
    /// A blank token is none.
    pub(super) fn checked(self) -> Result<Self, PlatformError> {
        let blank = || PlatformError::Unreadable { problem: "a blank token".to_owned(), status: 200 };
        if self.access_token.expose().is_empty() { Err(blank()) } else { Ok(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_consent_page_gets_scopes_or_a_configuration() {
        let scopes = ["instagram_basic".to_owned(), "pages_show_list".to_owned()];
        let page: Url = consent_page("v26.0").parse().unwrap();
        let request = ConsentRequest {
            app_id: "1",
            redirect_uri: "https://app.example.com/cb",
            state: "s",
            asks: Asks::Scopes(&scopes),
            always_ask: false,
        };
        let expected = "https://www.facebook.com/v26.0/dialog/oauth?client_id=1\
                        &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&state=s&response_type=code";
        assert_eq!(request.url(&page).as_str(), format!("{expected}&scope=instagram_basic%2Cpages_show_list"));
        let configured = ConsentRequest { asks: Asks::Configuration("9"), always_ask: true, ..request };
        assert_eq!(configured.url(&page).as_str(), format!("{expected}&config_id=9&auth_type=rerequest"));
    }
}
