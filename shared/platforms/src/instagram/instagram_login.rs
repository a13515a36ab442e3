//! Instagram Login: its own consent page, token endpoint and Graph; no Page is needed.
//!
//! developers.facebook.com, Instagram API with Instagram Login: business login.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::Url;

use super::{
    code::LoginCode,
    facebook_login::{App, Token},
    graph::{self, Graph},
};
use crate::{
    error::{PlatformError, RefusalCode},
    lenient,
    secret::{AccessToken, AuthorizationCode},
    transport::{Answer, Transport},
};

/// The real consent page.
pub const CONSENT_PAGE: &str = "https://www.instagram.com/oauth/authorize";
/// Where codes are exchanged.
pub const TOKEN_HOST: &str = "https://api.instagram.com";

/// What the consent page is asked.
#[derive(Debug, Clone, Copy)]
pub struct ConsentRequest<'a> {
    /// Names our app: the Instagram one.
    pub app_id: &'a str,
    /// Must be registered, to the byte.
    pub redirect_uri: &'a str,
    /// Comes back unchanged.
    pub state: &'a str,
    /// What to ask for.
    pub scopes: &'a [String],
    /// Demands the login again, so that another account can be chosen.
    pub always_ask: bool,
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
            .append_pair("response_type", "code")
            .append_pair("scope", &self.scopes.join(","));
        if self.always_ask {
            query.append_pair("force_reauth", "true");
        }
        drop(query);
        url
    }
}

/// The endpoint that exchanges codes.
#[derive(Debug, Clone)]
pub struct TokenHost {
    transport: Transport,
    base: Url,
}

/// What a code is exchanged for: a token of an hour.
#[derive(Debug, Deserialize)]
pub struct ShortLived {
    /// Acts for the account.
    pub access_token: AccessToken,
    /// What was granted; empty where it isn't told.
    #[serde(default, deserialize_with = "permissions")]
    pub permissions: Vec<String>,
}

/// The account that logged in.
#[derive(Debug, Deserialize)]
pub struct Profile {
    /// The person, for our app: whom Meta's callbacks name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The professional account, which paths and webhooks name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub user_id: Option<String>,
    /// Its name on Instagram.
    #[serde(default, deserialize_with = "lenient::text")]
    pub username: Option<String>,
    /// Its name in words.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// `BUSINESS`, `MEDIA_CREATOR`, …
    #[serde(default, deserialize_with = "lenient::text")]
    pub account_type: Option<String>,
}

impl TokenHost {
    /// The endpoint at `base`.
    pub fn new(transport: Transport, base: Url) -> Self {
        Self { transport, base }
    }

    /// Exchanges a code for a short-lived token. A code works once, so this is never repeated.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn exchange_code(
        &self,
        app: App<'_>,
        code: &AuthorizationCode,
        redirect_uri: &str,
    ) -> Result<ShortLived, PlatformError> {
        let form = [
            ("client_id", app.id),
            ("client_secret", app.secret.expose()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", redirect_uri),
            ("code", code.expose()),
        ];
        let mut url = self.base.clone();
        url.set_path(&format!("{}/oauth/access_token", self.base.path().trim_end_matches('/')));
        short_lived(&self.transport.once(self.transport.post_form(url, &form)).await?)
    }
}

impl Graph {
    /// Exchanges a short-lived token for one of 60 days.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn long_lived_for_instagram(&self, app: App<'_>, token: &AccessToken) -> Result<Token, PlatformError> {
        let query = [
            ("grant_type", "ig_exchange_token"),
            ("client_secret", app.secret.expose()),
            ("access_token", token.expose()),
        ];
        let token: Token = self.exchange(self.unversioned("/access_token"), &query).await?;
        token.checked()
    }

    /// Gives a long-lived token another 60 days. Meta refuses one that is younger than 24 hours and one that has ended,
    /// which is lost for good: when to ask is the caller's rule. The token that comes back may be the same.
    ///
    /// No way is documented to give a token of this login back: it ends with its time, or when the person removes the
    /// app.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn refresh_for_instagram(&self, caller: graph::Caller<'_>) -> Result<Token, PlatformError> {
        let query = [("grant_type", "ig_refresh_token"), ("access_token", caller.token.expose())];
        let token: Token = self.ask_as("/refresh_access_token", &query, caller).await?;
        token.checked()
    }

    /// The account that logged in.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn profile(&self, caller: graph::Caller<'_>) -> Result<Profile, PlatformError> {
        self.read("/me", &[("fields", "id,user_id,username,name,account_type")], caller).await
    }
}

/// An answer flat, or in a list of one under `data`: both are documented or seen.
#[derive(Deserialize)]
#[serde(untagged)]
enum ShortLivedAnswer {
    Listed { data: [ShortLived; 1] },
    Flat(ShortLived),
}

#[derive(Deserialize)]
struct Refusal {
    error_type: String,
    #[serde(default, deserialize_with = "lenient::text")]
    code: Option<String>,
}

fn short_lived(answer: &Answer) -> Result<ShortLived, PlatformError> {
    if let Ok(refusal) = lenient::object::<Refusal>(&answer.body) {
        let code = refusal.code.and_then(|code| code.parse().ok()).unwrap_or(i64::from(answer.status));
        let code = RefusalCode::InstagramLogin(LoginCode::from_envelope(&refusal.error_type, code));
        return Err(PlatformError::refused(code, answer, None));
    }
    let said = match graph::open(answer)? {
        ShortLivedAnswer::Listed { data: [said] } | ShortLivedAnswer::Flat(said) => said,
    };
    let blank = || PlatformError::unreadable(answer, "a blank token");
    if said.access_token.expose().is_empty() { Err(blank()) } else { Ok(said) }
}

/// A list, or text with commas.
fn permissions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => lenient::words(&text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<ShortLived, PlatformError> {
        short_lived(&Answer { status, body: body.as_bytes().to_vec(), log_id: None })
    }

    #[test]
    fn every_shape_of_a_grant_is_read() {
        for body in [
            r#"{"data":[{"access_token":"IG1","user_id":"1","permissions":"a,b"}]}"#,
            r#"{"access_token":"IG1","user_id":17841400000000001,"permissions":["a","b"]}"#,
            r#"{"access_token":"IG1","user_id":1,"permissions":"a, b"}"#,
        ] {
            let grant = read(200, body).unwrap();
            assert_eq!(
                (grant.access_token.expose(), grant.permissions),
                ("IG1", vec!["a".into(), "b".into()]),
                "{body}"
            );
        }
    }

    #[test]
    fn both_shapes_of_a_refusal_are_read() {
        let own =
            read(400, r#"{"error_type":"OAuthException","code":400,"error_message":"Matching code was not found"}"#);
        let Err(PlatformError::Refused { code, .. }) = own else { panic!("{own:?}") };
        assert_eq!(code, RefusalCode::InstagramLogin(LoginCode::OAuthException));
        let graphs = read(400, r#"{"error":{"code":190}}"#);
        assert!(matches!(graphs, Err(PlatformError::Refused { code: RefusalCode::Graph(_), .. })), "{graphs:?}");
    }

    #[test]
    fn what_is_no_grant_is_refused() {
        for body in ["", "{}", "[]", r#"{"data":[]}"#, r#"{"access_token":""}"#, r#"{"access_token":7}"#] {
            assert!(matches!(read(200, body), Err(PlatformError::Unreadable { .. })), "{body}");
        }
    }
}
