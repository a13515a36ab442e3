//! Who an account is.
//!
//! developers.tiktok.com, Display API: user info.

use serde::Deserialize;

use super::api::Api;
use crate::{error::PlatformError, lenient, secret::AccessToken};

/// The fields that each scope opens. One that isn't granted fails the whole call, so no other is asked for.
const FIELDS: [(&str, &[&str]); 2] = [
    ("user.info.basic", &["open_id", "union_id", "display_name", "avatar_url"]),
    ("user.info.profile", &["username", "is_verified"]),
];

/// An account's public face. Whatever wasn't granted, or isn't told, is missing.
#[derive(Debug, Default, Deserialize)]
pub struct User {
    /// The same person across the apps of one developer.
    #[serde(default, deserialize_with = "lenient::text")]
    pub union_id: Option<String>,
    /// The name that is shown.
    #[serde(default, deserialize_with = "lenient::text")]
    pub display_name: Option<String>,
    /// The @handle, which addresses of posts are made of.
    #[serde(default, deserialize_with = "lenient::text")]
    pub username: Option<String>,
    /// A link that expires.
    #[serde(default, deserialize_with = "lenient::text")]
    pub avatar_url: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    user: User,
}

impl Api {
    /// What the granted scopes let us know of an account; nothing is asked where they let us know nothing.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn user(&self, token: &AccessToken, scopes: &[String]) -> Result<User, PlatformError> {
        let granted = FIELDS.iter().filter(|(scope, _)| scopes.iter().any(|granted| granted == scope));
        let fields: Vec<&str> = granted.flat_map(|(_, fields)| fields.iter().copied()).collect();
        if fields.is_empty() {
            return Ok(User::default());
        }
        let data: Data = self.get("/v2/user/info/", &[("fields", &fields.join(","))], token).await?;
        Ok(data.user)
    }
}
