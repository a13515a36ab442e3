//! What Meta knows of a token.
//!
//! developers.facebook.com, Graph API: debug_token. It knows the tokens of Facebook Login: people's, Pages', system
//! users'.

use serde::Deserialize;
use time::OffsetDateTime;

use super::{
    code::GraphCode,
    facebook_login::App,
    graph::{self, Graph},
};
use crate::{
    error::PlatformError,
    lenient,
    secret::AccessToken,
    verdict::{Death, Verdict},
};

/// What Meta knows of a token. An invalid one may be known by nothing but its error.
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
    /// When access to data ends, independently of the token; `None` means never, or that it isn't told.
    pub data_access_expires_at: Option<OffsetDateTime>,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// Why it doesn't work.
    pub error: Option<GraphCode>,
}

impl TokenFacts {
    /// What the token died of, if it is dead.
    pub fn death(&self) -> Option<Death> {
        if self.is_valid {
            return None;
        }
        match self.error.as_ref().map(Verdict::from) {
            Some(Verdict::TokenDead(death)) => Some(death),
            _ => Some(Death::Unexplained),
        }
    }
}

impl Graph {
    /// What Meta knows of a token. An invalid one is an answer, not an error.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn debug_token(&self, app: App<'_>, token: &AccessToken) -> Result<TokenFacts, PlatformError> {
        let own = app.token();
        let query = [("input_token", token.expose()), ("access_token", own.expose())];
        let answer: DebugAnswer = self.ask("/debug_token", &query).await?;
        Ok(answer.data.into())
    }
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
    #[serde(default, deserialize_with = "lenient::list")]
    scopes: Vec<String>,
    #[serde(default, deserialize_with = "lenient::member")]
    error: Option<DebugError>,
}

/// Here the second number has a name of its own.
#[derive(Deserialize)]
struct DebugError {
    #[serde(default, deserialize_with = "lenient::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    subcode: Option<String>,
}

impl From<DebugData> for TokenFacts {
    fn from(data: DebugData) -> Self {
        Self {
            app_id: data.app_id,
            user_id: data.user_id,
            is_valid: data.is_valid,
            expires_at: moment(data.expires_at.as_deref()),
            data_access_expires_at: moment(data.data_access_expires_at.as_deref()),
            scopes: data.scopes,
            error: data.error.map(|error| graph::code(error.code, error.subcode)),
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

    fn facts(json: &str) -> TokenFacts {
        serde_json::from_str::<DebugData>(json).unwrap().into()
    }

    #[test]
    fn never_is_no_time() {
        let facts = facts(
            r#"{"app_id":123,"user_id":"7","is_valid":true,"expires_at":0,"data_access_expires_at":1790000000,
                "scopes":["instagram_basic"],"granular_scopes":[{"scope":"instagram_basic"}],"type":"PAGE"}"#,
        );
        assert_eq!((facts.app_id.as_deref(), facts.expires_at), (Some("123"), None));
        assert_eq!(facts.data_access_expires_at.unwrap().unix_timestamp(), 1_790_000_000);
        assert_eq!(facts.scopes, ["instagram_basic"]);
        assert_eq!((facts.death(), facts.error), (None, None));
    }

    #[test]
    fn an_invalid_token_says_what_it_died_of_as_far_as_it_is_told() {
        for (error, death) in [
            (r#"{"code":190,"message":"EAAGsecret","subcode":460}"#, Death::PasswordChanged),
            (r#"{"code":190,"message":"x","subcode":"492"}"#, Death::PageRoleLost),
            (r#"{"code":190,"message":"x"}"#, Death::Unexplained),
            (r#"{"code":100}"#, Death::Unexplained),
            (r#""expired""#, Death::Unexplained),
            ("null", Death::Unexplained),
        ] {
            let facts = facts(&format!(r#"{{"is_valid":false,"scopes":null,"error":{error}}}"#));
            assert_eq!(facts.death(), Some(death), "{error}");
            assert!(!format!("{facts:?}").contains("secret"));
        }
        assert_eq!(facts("{}").death(), Some(Death::Unexplained));
    }
}
