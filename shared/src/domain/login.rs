//! What a login brings: tokens, and the accounts that they reach.

use platforms::secret::{AccessToken, RefreshToken};
use serde_json::Value;
use time::OffsetDateTime;

use super::Platform;

/// Meta's two logins, which don't share ids, tokens or hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginKind {
    /// A person with Facebook Pages, and the Instagram accounts linked to them.
    FacebookLogin,
    /// A professional Instagram account by itself.
    InstagramLogin,
}

impl LoginKind {
    /// The word in the tables and in the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FacebookLogin => "facebook_login",
            Self::InstagramLogin => "instagram_login",
        }
    }
}

impl std::str::FromStr for LoginKind {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = [Self::FacebookLogin, Self::InstagramLogin].into_iter().find(|kind| kind.as_str() == word);
        known.ok_or("neither facebook_login nor instagram_login")
    }
}

/// Everything that came of one login.
#[derive(Debug)]
pub struct Login {
    /// Where.
    pub platform: Platform,
    /// On Instagram, which of the two logins.
    pub kind: Option<LoginKind>,
    /// The platform's id of the login.
    pub open_id: String,
    /// Whom Meta's callbacks name.
    pub person_id: Option<String>,
    /// The name that the platform shows.
    pub display_name: Option<String>,
    /// What was granted.
    pub scopes: Vec<String>,
    /// Acts for the login.
    pub access_token: AccessToken,
    /// Renews it, on TikTok.
    pub refresh_token: Option<RefreshToken>,
    /// When the tokens came.
    pub granted_at: OffsetDateTime,
    /// When the access token ends; `None` where it has no end, or none was told.
    pub expires_at: Option<OffsetDateTime>,
    /// When the refresh token ends.
    pub refresh_expires_at: Option<OffsetDateTime>,
    /// When Meta's access to data ends.
    pub data_access_expires_at: Option<OffsetDateTime>,
    /// What else the platform told: names and links, never tokens.
    pub metadata: Value,
    /// The professional accounts behind it.
    pub instagram_accounts: Vec<ReachedAccount>,
    /// Whether those are all of them. Otherwise some could not be read, and who is missing may still be reached.
    pub is_complete: bool,
}

/// A professional Instagram account that a login reaches.
#[derive(Debug)]
pub struct ReachedAccount {
    /// Meta's id of it.
    pub ig_business_id: String,
    /// Its name on Instagram.
    pub username: String,
    /// The Page that leads to it; Instagram Login has none.
    pub page: Option<ReachedPage>,
    /// Whether the person may publish there.
    pub can_publish: bool,
}

/// A Page that leads to an account.
#[derive(Debug)]
pub struct ReachedPage {
    /// Meta's id of it.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// What the person may do on it.
    pub tasks: Vec<String>,
    /// Acts for the Page, and so for the account.
    pub token: AccessToken,
}
