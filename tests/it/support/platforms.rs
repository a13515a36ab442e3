//! The simulated platforms, told what happens on them.

use serde_json::{Value, json};
use testkit::{Delivered, RemoteError, RemoteMeta, RemoteTikTok, meta};
use tests::stack::StackDescription;

use super::Api;

/// TikTok and Meta with our callbacks registered.
pub(crate) struct Platforms {
    pub(crate) tiktok: RemoteTikTok,
    pub(crate) meta: RemoteMeta,
    app: meta::App,
    callback: String,
}

impl Platforms {
    /// Registers our callbacks: TikTok's as in its portal, Meta's through the Graph API with its handshake, and those about
    /// people who leave as in its dashboard.
    pub(crate) async fn open(stack: &StackDescription, api: &Api) -> Self {
        let tiktok = RemoteTikTok::at(&stack.tiktok_url).unwrap();
        tiktok.set_callback(&api.at("/api/webhooks/tiktok")).await.unwrap();
        let secrets = &stack.secrets.meta;
        let app = meta::App { app_id: secrets.app_id.clone(), app_secret: secrets.app_secret.clone() };
        let meta = RemoteMeta::at(&stack.meta_url).unwrap();
        let platforms = Self { tiktok, meta, app, callback: api.at("/api/webhooks/instagram") };
        let [deauthorize, deletion] =
            ["deauthorize", "data-deletion"].map(|name| api.at(&format!("/api/webhooks/instagram/{name}")));
        platforms.meta.set_callbacks(&deauthorize, &deletion).await.unwrap();
        platforms.subscribe(&secrets.verify_token).await.unwrap();
        platforms
    }

    /// Registers our callback at Meta, which makes the handshake with this word.
    pub(crate) async fn subscribe(&self, verify_token: &str) -> Result<(), RemoteError> {
        self.meta.subscribe(&self.app, &self.callback, verify_token).await
    }

    /// Something happened on TikTok; returns what our callback answered, a status for each delivery.
    pub(crate) async fn tiktok_event(&self, event: Value) -> Vec<u16> {
        statuses(self.tiktok.event(&event).await)
    }

    /// Something happened on Instagram; returns what our callback answered, a status for each delivery.
    pub(crate) async fn instagram_event(&self, entries: Value, deliveries: usize) -> Vec<u16> {
        statuses(self.meta.events(&entries, &json!({ "deliveries": deliveries })).await)
    }
}

fn statuses(answers: Result<Vec<Delivered>, RemoteError>) -> Vec<u16> {
    answers.unwrap().iter().map(|delivered| delivered.status).collect()
}
