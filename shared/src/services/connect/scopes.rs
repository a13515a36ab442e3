//! What people are asked to grant, and where.

use platforms::{
    instagram::{facebook_login, graph, instagram_login},
    tiktok::oauth,
};
use url::Url;

use super::ConnectError;
use crate::{
    config::{ConfigError, Vars},
    domain::{LoginKind, Platform},
};

/// The platforms' consent pages, and the scopes that they are asked for.
#[derive(Debug)]
pub struct ConsentPages {
    pub(super) tiktok: ConsentPage,
    pub(super) facebook_login: ConsentPage,
    pub(super) instagram_login: ConsentPage,
    /// Which of Meta's logins is offered.
    pub(super) kind: LoginKind,
    /// A configuration of Facebook Login for Business, which then names the permissions.
    pub(super) configuration: Option<String>,
    /// Whether TikTok gets a PKCE challenge.
    pub(super) pkce: Pkce,
}

/// One consent page.
#[derive(Debug)]
pub(super) struct ConsentPage {
    pub(super) url: Url,
    pub(super) scopes: Vec<String>,
    /// Without these the login can't be completed.
    required: &'static [&'static str],
}

/// `TIKTOK_PKCE`: `on` unless TikTok's portal wants it `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pkce {
    /// A challenge is sent, and the verifier with the code.
    On,
    /// Neither.
    Off,
}

impl std::str::FromStr for Pkce {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            _ => Err("neither on nor off"),
        }
    }
}

impl ConsentPages {
    /// `TIKTOK_SCOPES`, `FACEBOOK_LOGIN_SCOPES`, `INSTAGRAM_LOGIN_SCOPES`: what to ask for, with commas.
    /// `TIKTOK_AUTH_URL`, `FACEBOOK_DIALOG_URL`, `INSTAGRAM_AUTH_URL`: other pages than the real ones.
    /// `GRAPH_API_VERSION`, `INSTAGRAM_LOGIN`, `META_CONFIG_ID`, `TIKTOK_PKCE`: see README.
    ///
    /// # Errors
    /// One of them is missing or malformed.
    pub fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let version: Option<String> = vars.optional("GRAPH_API_VERSION")?;
        let dialog = facebook_login::consent_page(version.as_deref().unwrap_or(graph::VERSION));
        let page = |(url, real): (&'static str, &str), scopes: &'static str, required| {
            Ok::<_, ConfigError>(ConsentPage {
                url: match vars.optional(url)? {
                    Some(url) => url,
                    None => real.parse().map_err(|_| ConfigError::Malformed(url))?,
                },
                scopes: words(&vars.required::<String>(scopes)?),
                required,
            })
        };
        Ok(Self {
            tiktok: page(("TIKTOK_AUTH_URL", oauth::CONSENT_PAGE), "TIKTOK_SCOPES", &["user.info.basic"])?,
            facebook_login: page(
                ("FACEBOOK_DIALOG_URL", &dialog),
                "FACEBOOK_LOGIN_SCOPES",
                super::facebook_login::REQUIRED,
            )?,
            instagram_login: page(
                ("INSTAGRAM_AUTH_URL", instagram_login::CONSENT_PAGE),
                "INSTAGRAM_LOGIN_SCOPES",
                super::instagram_login::REQUIRED,
            )?,
            kind: vars.required("INSTAGRAM_LOGIN")?,
            configuration: vars.optional("META_CONFIG_ID")?,
            pkce: vars.required("TIKTOK_PKCE")?,
        })
    }

    /// Which of Meta's logins a platform's login is.
    pub(super) fn kind_of(&self, platform: Platform) -> Option<LoginKind> {
        match platform {
            Platform::TikTok => None,
            Platform::Instagram => Some(self.kind),
        }
    }

    pub(super) fn page(&self, kind: Option<LoginKind>) -> &ConsentPage {
        match kind {
            None => &self.tiktok,
            Some(LoginKind::FacebookLogin) => &self.facebook_login,
            Some(LoginKind::InstagramLogin) => &self.instagram_login,
        }
    }
}

impl ConsentPage {
    /// The scopes to ask for: all that are configured, or those of them that the app names.
    pub(super) fn choose(&self, asked: Option<&str>) -> Result<Vec<String>, ConnectError> {
        let Some(asked) = asked.map(words).filter(|asked| !asked.is_empty()) else { return Ok(self.scopes.clone()) };
        let unknown: Vec<_> = asked.iter().filter(|scope| !self.scopes.contains(scope)).cloned().collect();
        if !unknown.is_empty() {
            return Err(ConnectError::ScopesNotConfigured(unknown));
        }
        let is_missing = |scope: &&&str| !asked.iter().any(|asked| asked == **scope);
        let missing: Vec<_> = self.required.iter().filter(is_missing).map(|scope| (*scope).to_owned()).collect();
        if missing.is_empty() { Ok(asked) } else { Err(ConnectError::ScopesMissing(missing)) }
    }
}

/// A list with commas or spaces; each word once.
fn words(list: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in list.split([',', ' ']).filter(|word| !word.is_empty()) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> ConsentPage {
        let scopes = words("user.info.basic,video.list,video.publish");
        ConsentPage { url: "https://tiktok.example".parse().unwrap(), scopes, required: &["user.info.basic"] }
    }

    #[test]
    fn an_app_may_ask_for_some_of_the_configured_scopes() {
        assert_eq!(page().choose(None).unwrap(), page().scopes);
        assert_eq!(page().choose(Some("")).unwrap(), page().scopes);
        let some = page().choose(Some("video.list user.info.basic,video.list")).unwrap();
        assert_eq!(some, ["video.list", "user.info.basic"]);
    }

    #[test]
    fn others_are_refused_by_name_and_so_is_a_choice_that_can_not_work() {
        let refused = page().choose(Some("user.info.basic,research.data"));
        assert!(matches!(refused, Err(ConnectError::ScopesNotConfigured(unknown)) if unknown == ["research.data"]));
        let refused = page().choose(Some("video.list"));
        assert!(matches!(refused, Err(ConnectError::ScopesMissing(missing)) if missing == ["user.info.basic"]));
    }
}
