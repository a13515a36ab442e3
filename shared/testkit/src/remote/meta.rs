//! A simulated Meta at some address.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Remote, RemoteError, body_of, control::controls};
use crate::{Delivered, meta::App};

/// A simulated Meta at some address.
#[derive(Debug, Clone)]
pub struct RemoteMeta(Remote);

controls!(RemoteMeta);

impl RemoteMeta {
    /// Subscribes the app to Instagram's webhooks at `callback`, with the handshake that belongs to it.
    ///
    /// # Errors
    /// See [`RemoteError`]; a failed handshake is a refusal.
    pub async fn subscribe(&self, app: &App, callback: &str, word: &str) -> Result<(), RemoteError> {
        let token = format!("{}|{}", app.app_id, app.app_secret);
        let form = BTreeMap::from([
            ("access_token", token.as_str()),
            ("object", "instagram"),
            ("callback_url", callback),
            ("fields", "comments,mentions"),
            ("verify_token", word),
        ]);
        let url = format!("{}/v26.0/{}/subscriptions", self.0.url, app.app_id);
        body_of(self.0.client.post(url).form(&form)).await.map(|_| ())
    }

    /// Registers where Meta tells of removed apps and of data to be deleted, for both logins. They can be set apart in
    /// the settings.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub async fn set_callbacks(&self, deauthorize: &str, data_deletion: &str) -> Result<(), RemoteError> {
        let urls = json!({
            "deauthorize_url": deauthorize, "instagram_deauthorize_url": deauthorize,
            "data_deletion_url": data_deletion, "instagram_data_deletion_url": data_deletion,
        });
        self.0.change_settings(&urls).await.map(|_| ())
    }

    /// Somebody removes the app: `{ person, manner? }`, as [`remove_app`](Self::remove_app) but in a manner.
    ///
    /// # Errors
    /// See [`RemoteError`]; nobody of this name is a refusal.
    pub async fn removal(&self, removal: &Value) -> Result<Vec<Delivered>, RemoteError> {
        self.0.read(Method::POST, "/_simulator/removals", removal).await
    }

    /// Somebody wants to be forgotten: `{ person, manner? }`. Returns what the application answered to each delivery;
    /// nothing where no callback is registered.
    ///
    /// # Errors
    /// See [`RemoteError`]; nobody of this name is a refusal, and so is an answer that Meta wouldn't take.
    pub async fn request_deletion(&self, request: &Value) -> Result<Vec<Delivered>, RemoteError> {
        self.0.read(Method::POST, "/_simulator/deletion_requests", request).await
    }

    /// Ends the tokens of a person, by subcode of 190: 459, 460, 464 or 467.
    ///
    /// # Errors
    /// See [`RemoteError`]; nobody of this name is a refusal, and so is another subcode.
    pub async fn end_tokens(&self, person: &str, subcode: u32) -> Result<(), RemoteError> {
        let death = json!({ "person": person, "subcode": subcode });
        self.0.send(Method::POST, "/_simulator/deaths", &death).await.map(|_| ())
    }

    /// A person has no role on a Page any more, which ends the Page's tokens.
    ///
    /// # Errors
    /// See [`RemoteError`]; nobody of this name is a refusal.
    pub async fn end_page_role(&self, person: &str, page: &str) -> Result<(), RemoteError> {
        let death = json!({ "person": person, "subcode": 492, "page": page });
        self.0.send(Method::POST, "/_simulator/deaths", &death).await.map(|_| ())
    }

    /// A person passed Meta's check, or confirmed the account: tokens that ended with 459 or 464 live again. Roles on
    /// Pages are back too.
    ///
    /// # Errors
    /// See [`RemoteError`]; nobody of this name is a refusal.
    pub async fn recover(&self, person: &str) -> Result<(), RemoteError> {
        self.0.send(Method::POST, "/_simulator/recoveries", &json!({ "person": person })).await.map(|_| ())
    }

    /// Something happened: entries of `{ id, changes: [...] }` in one delivery, made in this manner (see
    /// [`RemoteTikTok::event`](super::RemoteTikTok::event)). Returns what the application answered to each.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub async fn events(&self, entry: &Value, manner: &Value) -> Result<Vec<Delivered>, RemoteError> {
        let events = json!({ "entry": entry, "manner": manner });
        self.0.read(Method::POST, "/_simulator/events", &events).await
    }
}
