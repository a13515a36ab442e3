//! A simulated TikTok at some address.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Remote, RemoteError, control::controls};
use crate::Delivered;

/// A simulated TikTok at some address.
#[derive(Debug, Clone)]
pub struct RemoteTikTok(Remote);

controls!(RemoteTikTok);

impl RemoteTikTok {
    /// Sets the app's callback, as one does in the portal.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub async fn set_callback(&self, url: &str) -> Result<(), RemoteError> {
        self.0.send(Method::PUT, "/_simulator/callback", &json!({ "url": url })).await.map(|_| ())
    }

    /// TikTok ends a person's authorization: `{ person, reason?, manner? }`, for the reasons of `authorization.removed`.
    /// Returns what the application answered to each delivery; nothing where no callback is registered.
    ///
    /// # Errors
    /// See [`RemoteError`]; nobody of this name is a refusal.
    pub async fn end_authorization(&self, removal: &Value) -> Result<Vec<Delivered>, RemoteError> {
        self.0.read(Method::POST, "/_simulator/removals", removal).await
    }

    /// Something happened: `{ event, user_openid?, content, create_time?, manner?: { deliveries?, at_once?, seconds_late? } }`.
    /// Returns what the application answered to each delivery.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub async fn event(&self, event: &Value) -> Result<Vec<Delivered>, RemoteError> {
        self.0.read(Method::POST, "/_simulator/events", event).await
    }

    /// Every post that was begun, in their order: `{ publish_id, person, title, post_info, status, fail_reason, post_ids,
    /// video_size, chunk_size, bytes, sha256 }`. What TikTok has made has the status `PUBLISH_COMPLETE`.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub async fn posts(&self) -> Result<Vec<Value>, RemoteError> {
        self.0.get("/_simulator/posts").await
    }

    /// Moves a post by hand: `{ to: "complete" | "public" | "no_longer_public" | "failed", reason?, manner? }`. Returns
    /// what the application answered to each delivery of the webhook; nothing where no callback is registered.
    ///
    /// # Errors
    /// See [`RemoteError`]; an unknown `publish_id` is a refusal.
    pub async fn move_post(&self, publish_id: &str, to: &Value) -> Result<Vec<Delivered>, RemoteError> {
        self.0.read(Method::POST, &format!("/_simulator/posts/{publish_id}"), to).await
    }

    /// What has arrived of a file that is small enough to be kept.
    ///
    /// # Errors
    /// See [`RemoteError`]; a file that isn't kept is a refusal.
    pub async fn bytes_of(&self, publish_id: &str) -> Result<Vec<u8>, RemoteError> {
        self.0.bytes(&format!("/_simulator/posts/{publish_id}/bytes")).await
    }
}
