//! TikTok, as far as sending a file goes: it takes every byte, and keeps none.

use std::{
    future::poll_fn,
    net::Ipv4Addr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Result;
use axum::{
    Json, Router,
    body::{Body, HttpBody},
    extract::State,
    http::{HeaderMap, StatusCode, header::CONTENT_RANGE},
    response::{IntoResponse, Response},
    routing::{post, put},
    serve::ListenerExt,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// Where bytes go.
pub(super) const UPLOAD: &str = "/upload";

/// It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Platform {
    url: String,
    counts: Arc<Counts>,
    listener: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Counts {
    posts: AtomicU64,
    /// Bytes.
    arrived: AtomicU64,
}

impl Platform {
    pub(super) async fn start() -> Result<Self> {
        let counts = Arc::<Counts>::default();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
        let routes = routes(format!("{url}{UPLOAD}"), Arc::clone(&counts));
        let listener = tokio::spawn(async move {
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { url, counts, listener })
    }

    /// For `TIKTOK_API_URL` and `TIKTOK_UPLOAD_HOSTS`.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// How many bytes have arrived since this was last asked.
    pub(super) fn take_arrived(&self) -> u64 {
        self.counts.arrived.swap(0, Ordering::Relaxed)
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

fn routes(upload_url: String, counts: Arc<Counts>) -> Router {
    let creator = json!({ "creator_username": "ada", "creator_nickname": "Ada", "comment_disabled": false,
        "duet_disabled": false, "stitch_disabled": false, "max_video_post_duration_sec": 600,
        "privacy_level_options": ["SELF_ONLY"] });
    let init = async move |State(counts): State<Arc<Counts>>| {
        let number = counts.posts.fetch_add(1, Ordering::Relaxed);
        enveloped(&json!({ "publish_id": format!("v_pub_file~v2-1.{number}"), "upload_url": upload_url }))
    };
    Router::new()
        .route("/v2/post/publish/creator_info/query/", post(async move || enveloped(&creator)))
        .route("/v2/post/publish/video/init/", post(init))
        .route("/v2/post/publish/status/fetch/", post(status))
        .route(UPLOAD, put(take))
        .with_state(counts)
}

/// Only a worker that goes on asks.
async fn status(State(counts): State<Arc<Counts>>) -> Json<Value> {
    enveloped(&json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": counts.arrived.load(Ordering::Relaxed) }))
}

async fn take(State(counts): State<Arc<Counts>>, headers: HeaderMap, mut body: Body) -> Response {
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        counts.arrived.fetch_add(frame.data_ref().map_or(0, |bytes| bytes.len() as u64), Ordering::Relaxed);
    }
    let Some((last, total)) = announced(&headers) else { return StatusCode::BAD_REQUEST.into_response() };
    let status = if last + 1 == total { StatusCode::CREATED } else { StatusCode::PARTIAL_CONTENT };
    (status, [(CONTENT_RANGE, format!("bytes 0-{last}/{total}"))]).into_response()
}

/// The last byte and the file's size, from `bytes 0-99/100`.
fn announced(headers: &HeaderMap) -> Option<(u64, u64)> {
    let (range, total) = headers.get(CONTENT_RANGE)?.to_str().ok()?.split_once('/')?;
    Some((range.split_once('-')?.1.parse().ok()?, total.parse().ok()?))
}

fn enveloped(data: &Value) -> Json<Value> {
    Json(json!({ "data": data, "error": { "code": "ok", "message": "", "log_id": "bench" } }))
}
