//! Drives a simulator from another process, over its HTTP.

use std::collections::BTreeMap;

use reqwest::{Client, Method};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{Delivered, delivery::client};

/// A simulated TikTok at some address.
#[derive(Debug, Clone)]
pub struct RemoteTikTok(Remote);

/// A simulated Meta at some address.
#[derive(Debug, Clone)]
pub struct RemoteMeta(Remote);

/// A simulator did not do as it was told.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// It doesn't answer.
    #[error("the simulator does not answer")]
    Unreachable(#[from] reqwest::Error),
    /// It refused.
    #[error("the simulator refused: HTTP {status}: {body}")]
    Refused {
        /// The status.
        status: u16,
        /// What it said.
        body: String,
    },
}

impl RemoteTikTok {
    /// The simulator at `url`.
    ///
    /// # Errors
    /// No TLS.
    pub fn at(url: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(Remote { client: client()?, url: url.to_owned() }))
    }

    /// Sets the app's callback, as one does in the portal.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub async fn set_callback(&self, url: &str) -> Result<(), RemoteError> {
        self.0.send(Method::PUT, "/_simulator/callback", &json!({ "url": url })).await.map(|_| ())
    }

    /// Something happened: `{ event, user_openid?, content, create_time?, manner?: { deliveries?, at_once?, seconds_late? } }`.
    /// Returns what the application answered to each delivery.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub async fn event(&self, event: &Value) -> Result<Vec<Delivered>, RemoteError> {
        self.0.read(Method::POST, "/_simulator/events", event).await
    }
}

impl RemoteMeta {
    /// The simulator at `url`.
    ///
    /// # Errors
    /// No TLS.
    pub fn at(url: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(Remote { client: client()?, url: url.to_owned() }))
    }

    /// Subscribes the app to Instagram's webhooks at `callback`, with the handshake that belongs to it.
    ///
    /// # Errors
    /// See [`RemoteError`]; a failed handshake is a refusal.
    pub async fn subscribe(&self, app: &super::meta::App, callback: &str, word: &str) -> Result<(), RemoteError> {
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
    /// [`RemoteTikTok::event`]). Returns what the application answered to each.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub async fn events(&self, entry: &Value, manner: &Value) -> Result<Vec<Delivered>, RemoteError> {
        let events = json!({ "entry": entry, "manner": manner });
        self.0.read(Method::POST, "/_simulator/events", &events).await
    }
}

#[derive(Debug, Clone)]
struct Remote {
    client: Client,
    url: String,
}

impl Remote {
    async fn send(&self, method: Method, path: &str, body: &impl Serialize) -> Result<String, RemoteError> {
        body_of(self.client.request(method, format!("{}{path}", self.url)).json(body)).await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, RemoteError> {
        let body = self.send(method, path, body).await?;
        serde_json::from_str(&body).map_err(|_| RemoteError::Refused { status: 200, body })
    }
}

async fn body_of(request: reqwest::RequestBuilder) -> Result<String, RemoteError> {
    let answer = request.send().await?;
    let (status, body) = (answer.status(), answer.text().await?);
    if status.is_success() { Ok(body) } else { Err(RemoteError::Refused { status: status.as_u16(), body }) }
}
