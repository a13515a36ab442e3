//! TikTok's token endpoint, as far as a refresh goes: a new pair after 100 ms.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use axum::{Json, Router, extract::State, routing::post, serve::ListenerExt};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

const TAKES: Duration = Duration::from_millis(100);

/// It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Platform {
    url: String,
    calls: Arc<AtomicUsize>,
    listener: JoinHandle<()>,
}

impl Platform {
    pub(super) async fn start() -> Result<Self> {
        let calls = Arc::new(AtomicUsize::new(0));
        let routes = Router::new().route("/v2/oauth/token/", post(pair)).with_state(Arc::clone(&calls));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
        let listener = tokio::spawn(async move {
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { url, calls, listener })
    }

    /// For `TIKTOK_API_URL`.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// How often it was called.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

#[expect(clippy::disallowed_methods, reason = "taking its time is what this platform is for")]
async fn pair(State(calls): State<Arc<AtomicUsize>>) -> Json<Value> {
    let number = calls.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(TAKES).await;
    Json(json!({
        "access_token": format!("act.{number:064}"), "expires_in": 7200, "open_id": "-000Example", "token_type": "Bearer",
        "refresh_token": format!("rft.{number:064}"), "refresh_expires_in": 15_552_000, "scope": "user.info.basic",
    }))
}
