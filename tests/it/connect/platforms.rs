//! Platforms that only one test sees, with somebody on each.

use serde_json::json;
use testkit::{Consent, RemoteMeta, RemoteTikTok, meta, tiktok};

use crate::support::World;

/// Where the app is.
const APP: &str = "https://app.example.com";

/// The three ways to connect an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    TikTok,
    FacebookLogin,
    InstagramLogin,
}

impl Via {
    pub(crate) fn platform(self) -> &'static str {
        if self == Self::TikTok { "tiktok" } else { "instagram" }
    }

    pub(crate) fn kind(self) -> &'static str {
        if self == Self::InstagramLogin { "instagram_login" } else { "facebook_login" }
    }

    /// Everything, allowed by somebody whom [`people`] adds.
    pub(crate) fn allowed(self) -> Consent {
        self.by(Consent::allow())
    }

    /// The same by somebody whom [`people`] adds.
    pub(crate) fn by(self, choice: Consent) -> Consent {
        choice.by(if self == Self::FacebookLogin { "grace" } else { "example_shop" })
    }
}

/// Somebody called `example_shop` on TikTok and on Instagram, and Grace on Facebook, whose Page leads to the latter.
pub(crate) async fn people(tiktok: &RemoteTikTok, meta: &RemoteMeta) {
    tiktok.add_person(&json!({ "username": "example_shop", "display_name": "Example Shop" })).await.unwrap();
    let page = json!({ "instagram": { "username": "example_shop", "name": "Example Shop" } });
    meta.add_person(&json!({ "login": "grace", "pages": [page] })).await.unwrap();
}

/// How a login's functions find them, and other settings of a login.
pub(crate) fn settings(via: Via, tiktok: &str, meta: &str, queue: &str) -> Vec<(&'static str, String)> {
    vec![
        ("PUBLIC_URL", APP.to_owned()),
        ("INSTAGRAM_LOGIN", via.kind().to_owned()),
        ("SUBSCRIPTIONS_QUEUE_URL", queue.to_owned()),
        ("LIMIT_PER_IP", "1000000".to_owned()),
        ("LIMIT_PER_USER", "1000000".to_owned()),
        ("TIKTOK_AUTH_URL", format!("{tiktok}/v2/auth/authorize/")),
        ("TIKTOK_API_URL", tiktok.to_owned()),
        ("FACEBOOK_DIALOG_URL", format!("{meta}/v26.0/dialog/oauth")),
        ("GRAPH_API_URL", meta.to_owned()),
        ("INSTAGRAM_AUTH_URL", format!("{meta}/oauth/authorize")),
        ("INSTAGRAM_API_URL", meta.to_owned()),
        ("INSTAGRAM_GRAPH_URL", meta.to_owned()),
    ]
}

/// Platforms where the stack's apps are registered.
pub(crate) async fn simulators(world: &World) -> (tiktok::Simulator, meta::Simulator) {
    let secrets = world.stack.secrets.clone();
    let app = tiktok::App { client_key: secrets.tiktok.client_key, client_secret: secrets.tiktok.client_secret };
    let tiktok = tiktok::Simulator::start(app).await.unwrap();
    let apps = meta::Apps {
        facebook: meta::App { app_id: secrets.meta.app_id, app_secret: secrets.meta.app_secret },
        instagram: meta::App { app_id: secrets.instagram.app_id, app_secret: secrets.instagram.app_secret },
    };
    let meta = meta::Simulator::start(apps).await.unwrap();
    tiktok.allow_redirect(&format!("{APP}/api/auth/tiktok/callback"));
    meta.allow_redirect(&format!("{APP}/api/auth/instagram/callback"));
    (tiktok, meta)
}
