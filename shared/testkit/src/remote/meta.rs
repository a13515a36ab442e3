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
