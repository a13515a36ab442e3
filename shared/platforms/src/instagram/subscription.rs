//! Which accounts send webhooks: the app's fields are chosen in its dashboard, each account is subscribed here.
//!
//! developers.facebook.com, Graph API: page subscribed_apps; Instagram platform: webhooks.

use serde::Deserialize;
use serde_json::Value;

use super::graph::{Caller, Graph, ListAnswer, Listing};
use crate::{error::PlatformError, lenient};

/// Any Page field switches all Instagram fields of the app on. Instagram's own names are refused here.
const PAGE_FIELD: &str = "feed";
/// What an Instagram Login account is subscribed to.
const INSTAGRAM_FIELDS: &str = "comments,live_comments,mentions,messages";

#[derive(Deserialize)]
struct Subscribed {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    subscribed_fields: Vec<String>,
}

/// `{"success": true}`, whose value is a boolean or text; nobody looks at it.
#[derive(Deserialize)]
struct Done {
    #[serde(rename = "success")]
    _success: Option<Value>,
}

impl Graph {
    /// Subscribes a Page, as the Page. What another feature of the same app has subscribed stays: a subscription
    /// replaces the one before.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn subscribe_page(&self, page: &str, app_id: &str, caller: Caller<'_>) -> Result<(), PlatformError> {
        let path = format!("/{page}/subscribed_apps");
        let known: ListAnswer<Subscribed> = self.read(&path, &[], caller).await?;
        let ours = Listing::from(known).items.into_iter().find(|app| app.id.as_deref() == Some(app_id));
        let mut fields = ours.map(|app| app.subscribed_fields).unwrap_or_default();
        if !fields.iter().any(|field| field == PAGE_FIELD) {
            fields.push(PAGE_FIELD.to_owned());
        }
        let _: Done = self.write(&path, &[("subscribed_fields", &fields.join(","))], caller).await?;
        Ok(())
    }

    /// Subscribes an account of Instagram Login, as the account.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn subscribe_account(&self, caller: Caller<'_>) -> Result<(), PlatformError> {
        let _: Done = self.write("/me/subscribed_apps", &[("subscribed_fields", INSTAGRAM_FIELDS)], caller).await?;
        Ok(())
    }

    /// Ends all that our app subscribed a Page to, as the Page.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn unsubscribe_page(&self, page: &str, caller: Caller<'_>) -> Result<(), PlatformError> {
        self.remove(&format!("/{page}/subscribed_apps"), caller).await
    }

    /// Ends the subscription of an account of Instagram Login, as the account.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn unsubscribe_account(&self, caller: Caller<'_>) -> Result<(), PlatformError> {
        self.remove("/me/subscribed_apps", caller).await
    }
}
