//! What a person has granted, and taking it back.
//!
//! developers.facebook.com, Graph API: user permissions. Of Facebook Login only.

use serde::Deserialize;

use super::graph::{Caller, Graph, ListAnswer, Listing};
use crate::error::PlatformError;

#[derive(Deserialize)]
struct Permission {
    permission: String,
    status: String,
}

impl Graph {
    /// What was granted, and not what was asked for.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn granted_permissions(&self, caller: Caller<'_>) -> Result<Vec<String>, PlatformError> {
        let answer: ListAnswer<Permission> = self.read("/me/permissions", &[("limit", "200")], caller).await?;
        let granted = Listing::from(answer).items.into_iter().filter(|item| item.status == "granted");
        Ok(granted.map(|item| item.permission).collect())
    }

    /// Takes back all that a person has granted our app. It ends every token that came from this person, those of Pages
    /// as well, so it is only for the last connection. The caller is the person, or the app by its own token.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn revoke(&self, person: &str, caller: Caller<'_>) -> Result<(), PlatformError> {
        self.remove(&format!("/{person}/permissions"), caller).await
    }
}
