//! The app in Meta's dashboard, and what Meta does in one way or the other.

use std::collections::BTreeMap;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::scopes::{FACEBOOK, INSTAGRAM};

/// `GET` and `PATCH /_simulator/settings`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Shown on the consent pages.
    pub(super) app_name: String,
    /// Facebook Login's callbacks: who removed the app, and whose data is to be deleted.
    pub(super) deauthorize_url: Option<String>,
    pub(super) data_deletion_url: Option<String>,
    /// The pair that Instagram Login has of its own.
    pub(super) instagram_deauthorize_url: Option<String>,
    pub(super) instagram_data_deletion_url: Option<String>,
    /// Whether that pair is signed with Facebook Login's secret as well, instead of Instagram Login's.
    pub(super) one_callback_secret: bool,
    /// Whether the app hears of its own revocations, as of a person's.
    pub(super) revocation_deauthorizes: bool,
    /// What Facebook Login may ask for.
    pub(super) permissions: Vec<String>,
    /// What Instagram Login may ask for.
    pub(super) instagram_permissions: Vec<String>,
    /// Facebook Login for Business: id → what it asks for.
    pub(super) configurations: BTreeMap<String, Configuration>,
    /// A Business app's dialog: everything or nothing.
    pub(super) all_or_nothing: bool,
    /// How long a code of Facebook Login can be exchanged.
    pub(super) code_lifetime_s: i64,
    /// How long a code of Instagram Login can be exchanged.
    pub(super) instagram_code_lifetime_s: i64,
    /// How long a token lives before it is exchanged.
    pub(super) short_token_lifetime_s: i64,
    /// How long a token lives afterwards.
    pub(super) long_token_lifetime_s: i64,
    /// Whether answers leave out `expires_in`.
    pub(super) omits_expires_in: bool,
    /// Whether exchanging a long-lived token gives it a new life.
    pub(super) reexchange_extends: bool,
    /// How long an app may read data after the person's last visit.
    pub(super) data_access_lifetime_s: i64,
    /// "Require App Secret": no call without a proof.
    pub(super) requires_proof: bool,
    /// Whether a proof without a time is accepted.
    pub(super) accepts_plain_proof: bool,
    /// The most Pages in one answer.
    pub(super) max_limit: usize,
    /// At most so many Pages in the first answer, the second, and so on, whatever was asked for: short and empty ones.
    pub(super) page_sizes: Vec<usize>,
    /// Whether a revocation is answered with a bare `true`.
    pub(super) bare_revocation_answer: bool,
    /// Whether `debug_token` says the app's id as a number.
    pub(super) numeric_app_id: bool,
    /// Instagram's token answer: `{"data": [{…}]}` as documented, or what is in it alone.
    pub(super) flat_token_answer: bool,
    /// Whether its permissions are a list instead of a string.
    pub(super) permission_list: bool,
    /// Whether refreshing an Instagram token returns the same one.
    pub(super) refresh_keeps_token: bool,
}

/// What a configuration of Facebook Login for Business asks for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Configuration {
    pub(super) permissions: Vec<String>,
    /// Whether it yields a system user's token, of the portfolio that the person's Pages are in.
    #[serde(default)]
    pub(super) system_user: bool,
    /// How long that token lives; for ever where it isn't said.
    #[serde(default)]
    pub(super) token_lifetime_s: Option<i64>,
}

impl Default for Settings {
    fn default() -> Self {
        let permissions: Vec<_> = FACEBOOK.iter().map(|&name| name.to_owned()).collect();
        let configuration = Configuration { permissions: permissions.clone(), ..Configuration::default() };
        Self {
            app_name: "Example App".to_owned(),
            deauthorize_url: None,
            data_deletion_url: None,
            instagram_deauthorize_url: None,
            instagram_data_deletion_url: None,
            one_callback_secret: false,
            revocation_deauthorizes: false,
            permissions,
            instagram_permissions: INSTAGRAM.iter().map(|&name| name.to_owned()).collect(),
            configurations: BTreeMap::from([("100000000000001".to_owned(), configuration)]),
            all_or_nothing: false,
            code_lifetime_s: 600,
            instagram_code_lifetime_s: 3_600,
            short_token_lifetime_s: 3_600,
            long_token_lifetime_s: 5_183_944,
            omits_expires_in: false,
            reexchange_extends: true,
            data_access_lifetime_s: 7_776_000,
            requires_proof: false,
            accepts_plain_proof: true,
            max_limit: 100,
            page_sizes: Vec::new(),
            bare_revocation_answer: false,
            numeric_app_id: false,
            flat_token_answer: false,
            permission_list: false,
            refresh_keeps_token: false,
        }
    }
}

/// The dashboard's rules: absolute and https, or this machine.
pub(super) fn check_redirect_uri(uri: &str) -> Result<(), String> {
    let Ok(url) = Url::parse(uri) else { return Err(format!("{uri}: not an absolute address")) };
    if url.fragment().is_some() {
        return Err(format!("{uri}: has a fragment"));
    }
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) | ("http", Some("localhost" | "127.0.0.1")) => Ok(()),
        _ => Err(format!("{uri}: neither https nor this machine")),
    }
}
