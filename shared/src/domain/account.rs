//! A connected account, as its owner sees it. It never holds tokens.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{AccountId, Platform, catalogue::ErrorCode};

/// An account that a user connected.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// `oauth_accounts.id`.
    pub id: AccountId,
    /// Where it's connected.
    pub platform: Platform,
    /// The platform's id of the account.
    pub open_id: String,
    /// The name that the platform shows.
    pub display_name: Option<String>,
    /// Whether it works, and for how long.
    pub status: AccountStatus,
    /// Why it doesn't, where it doesn't.
    pub status_reason: Option<StatusReason>,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub status_since: OffsetDateTime,
    /// What the person granted.
    pub scopes: Vec<String>,
    /// When the connection ends unless it's renewed; `None` where it has no end.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// The Instagram accounts that it reaches.
    pub instagram_accounts: Vec<InstagramAccount>,
}

/// Whether an account works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// It works.
    Active,
    /// It works, and ends within seven days unless it's renewed.
    Expiring,
    /// The person must connect it again.
    NeedsReauth,
    /// It was disconnected.
    Revoked,
}

/// A professional Instagram account behind a Meta login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstagramAccount {
    /// `instagram_accounts.id`.
    pub id: i32,
    /// Meta's id of the account.
    pub ig_business_id: String,
    /// Its name on Instagram.
    pub username: String,
    /// Whether the person's role on the Page allows publishing.
    pub can_publish: bool,
    /// Whether it works.
    pub status: AccountStatus,
    /// Why it doesn't, or not wholly.
    pub status_reason: Option<StatusReason>,
}

/// Why an account doesn't work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "String")]
pub struct StatusReason {
    /// A code of the catalogue.
    pub code: String,
    /// What its owner should know.
    pub user_message: String,
}

impl From<String> for StatusReason {
    /// A word that isn't in the catalogue says no more than that the connection has ended.
    fn from(code: String) -> Self {
        let user_message = ErrorCode::find(&code).unwrap_or(ErrorCode::ReconnectRequired).user_message().to_owned();
        Self { code, user_message }
    }
}
