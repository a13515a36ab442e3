//! Facebook Login: the consent page's address, tokens, and what an app may know of them.
//!
//! developers.facebook.com, Facebook Login: manual flow; long-lived tokens; Graph API: debug_token, permissions.

use std::time::Duration;

use serde::Deserialize;
use time::OffsetDateTime;
use url::Url;

use super::graph::{Caller, Graph, ListAnswer};
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

/// A token, and how long it holds; no end means that none was told.
#[derive(Debug, Deserialize)]
pub struct Token {
    /// Acts for the person.
    pub access_token: AccessToken,
    /// From now.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub expires_in: Option<Duration>,
}

/// What Meta knows of a token.
#[derive(Debug)]
pub struct TokenFacts {
    /// The app that it was given to.
    pub app_id: Option<String>,
    /// The person, for our app.
    pub user_id: Option<String>,
    /// Whether it works.
    pub is_valid: bool,
    /// When it ends; `None` means never.
    pub expires_at: Option<OffsetDateTime>,
    /// When access to data ends, independently of the token.
    pub data_access_expires_at: Option<OffsetDateTime>,
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

    /// Exchanges a living token for one of about 60 days.
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

    /// What Meta knows of a token.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn debug_token(&self, app: App<'_>, token: &AccessToken) -> Result<TokenFacts, PlatformError> {
        let own = format!("{}|{}", app.id, app.secret.expose());
        let query = [("input_token", token.expose()), ("access_token", own.as_str())];
        let answer: DebugAnswer = self.ask("/debug_token", &query).await?;
        Ok(answer.data.into())
    }

    /// What was granted, and not what was asked for.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn granted_permissions(&self, caller: Caller<'_>) -> Result<Vec<String>, PlatformError> {
        let answer: ListAnswer<Permission> = self.read("/me/permissions", &[("limit", "200")], caller).await?;
        let granted = super::graph::Listing::from(answer).items.into_iter().filter(|item| item.status == "granted");
        Ok(granted.map(|item| item.permission).collect())
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

#[derive(Deserialize)]
struct Permission {
    permission: String,
    status: String,
}

#[derive(Deserialize)]
struct DebugAnswer {
    data: DebugData,
}

#[derive(Deserialize)]
struct DebugData {
    #[serde(default, deserialize_with = "lenient::text")]
    app_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    user_id: Option<String>,
    #[serde(default)]
    is_valid: bool,
    #[serde(default, deserialize_with = "lenient::text")]
    expires_at: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    data_access_expires_at: Option<String>,
}

impl From<DebugData> for TokenFacts {
    fn from(data: DebugData) -> Self {
        Self {
            app_id: data.app_id,
            user_id: data.user_id,
            is_valid: data.is_valid,
            expires_at: moment(data.expires_at.as_deref()),
            data_access_expires_at: moment(data.data_access_expires_at.as_deref()),
        }
    }
}

/// Unix seconds, where 0 stands for never.
fn moment(seconds: Option<&str>) -> Option<OffsetDateTime> {
    let seconds = seconds?.parse().ok().filter(|seconds: &i64| *seconds > 0)?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()
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

    #[test]
    fn never_is_no_time() {
        let data = r#"{"app_id":123,"user_id":"7","is_valid":true,"expires_at":0,"data_access_expires_at":1790000000}"#;
        let facts = TokenFacts::from(serde_json::from_str::<DebugData>(data).unwrap());
        assert_eq!((facts.app_id.as_deref(), facts.expires_at), (Some("123"), None));
        assert_eq!(facts.data_access_expires_at.unwrap().unix_timestamp(), 1_790_000_000);
    }
}
