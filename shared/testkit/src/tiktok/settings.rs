//! The app in TikTok's portal, and what TikTok does differently from one month to the next.

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::publishing::Publishing;

/// `GET` and `PATCH /_simulator/settings`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Shown on the consent page.
    pub(super) app_name: String,
    /// What is enabled for the app.
    pub(super) scopes: Vec<String>,
    /// Whether the consent page insists on a challenge.
    pub(super) requires_pkce: bool,
    /// Whether who has already granted everything is sent back without a page, unless `disable_auto_auth=1`.
    pub(super) auto_auth: bool,
    /// Whether a refusal carries the state.
    pub(super) state_on_denial: bool,
    /// How long a code can be exchanged.
    pub(super) code_lifetime_s: i64,
    /// How long an access token lives.
    pub(super) access_token_lifetime_s: i64,
    /// How long a refresh token lives.
    pub(super) refresh_token_lifetime_s: i64,
    /// Whether a refresh starts the refresh token's life anew.
    pub(super) refresh_extends: bool,
    /// Whether a refresh ends the access token before it.
    pub(super) refresh_ends_access_token: bool,
    /// Whether a refresh answers with another refresh token, instead of the same one.
    pub(super) refresh_rotates: bool,
    /// How long a refresh token that was replaced still works.
    pub(super) rotation_grace_s: i64,
    /// Whether `authorization.removed` follows when the app itself revokes.
    pub(super) revocation_webhook: bool,
    /// Whether a revocation is answered with nothing, instead of an empty object.
    pub(super) empty_revocation_answer: bool,
    /// How many random characters a token has.
    pub(super) token_length: usize,
    /// The HTTP status of an error of the OAuth endpoints, which TikTok doesn't document.
    pub(super) oauth_error_status: u16,
    /// The code for a field whose scope wasn't granted: `scope_not_authorized` or `scope_permission_missed`.
    pub(super) ungranted_field_code: String,
    /// How posts fare.
    pub(super) publishing: Publishing,
}

impl Default for Settings {
    fn default() -> Self {
        let scopes = ["user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.upload"];
        Self {
            app_name: "Example App".to_owned(),
            scopes: scopes.into_iter().chain(["video.publish"]).map(str::to_owned).collect(),
            requires_pkce: true,
            auto_auth: false,
            state_on_denial: true,
            code_lifetime_s: 600,
            access_token_lifetime_s: 7_200,
            refresh_token_lifetime_s: 15_552_000,
            refresh_extends: true,
            refresh_ends_access_token: false,
            refresh_rotates: true,
            rotation_grace_s: 0,
            revocation_webhook: true,
            empty_revocation_answer: false,
            token_length: 64,
            oauth_error_status: 400,
            ungranted_field_code: "scope_not_authorized".to_owned(),
            publishing: Publishing::default(),
        }
    }
}

/// The portal's rules: absolute, static, under 512 characters; https on the web, a port on this machine for a desktop.
pub(super) fn check_redirect_uri(uri: &str) -> Result<(), String> {
    let refused = |why: &str| Err(format!("{uri}: {why}"));
    let Ok(url) = Url::parse(&uri.replacen(":*", ":1", 1)) else { return refused("not an absolute address") };
    if uri.len() >= 512 {
        return refused("512 characters or more");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refused("has a query or a fragment");
    }
    match (url.scheme(), url.host_str()) {
        (_, Some("localhost" | "127.0.0.1")) if url.port().is_none() => refused("needs a port on this machine"),
        ("http", Some("localhost" | "127.0.0.1")) | ("https", Some(_)) => Ok(()),
        _ => refused("neither https nor this machine"),
    }
}

/// Whether an address is the registered one. A desktop app's port may be registered as `*`.
pub(super) fn redirect_matches(registered: &str, uri: &str) -> bool {
    let Some((before, after)) = registered.split_once(":*/") else { return registered == uri };
    let rest = uri.strip_prefix(before).and_then(|rest| rest.strip_prefix(':')).and_then(|rest| rest.split_once('/'));
    rest.is_some_and(|(port, path)| port.parse::<u16>().is_ok() && path == after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_static_https_addresses_and_ports_of_this_machine_can_be_registered() {
        for uri in ["https://app.example/cb", "http://localhost:3000/cb", "http://127.0.0.1:*/cb/"] {
            assert_eq!(check_redirect_uri(uri), Ok(()));
        }
        for uri in ["http://app.example/cb", "/cb", "https://app.example/cb?a=1", "http://localhost/cb", "app://cb"] {
            assert!(check_redirect_uri(uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn a_star_stands_for_a_port_and_for_nothing_else() {
        assert!(redirect_matches("http://127.0.0.1:*/cb/", "http://127.0.0.1:4000/cb/"));
        for uri in ["http://127.0.0.1:4000/cb", "http://127.0.0.1:x/cb/", "http://127.0.0.1/cb/"] {
            assert!(!redirect_matches("http://127.0.0.1:*/cb/", uri), "{uri}");
        }
    }
}
