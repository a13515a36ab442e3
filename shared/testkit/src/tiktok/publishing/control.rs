//! What a test can see of posts and do to them.
//!
//! * `GET /_simulator/posts` lists all that were begun, in their order: `[{"publish_id", "person", "title", "post_info",
//!   "status", "fail_reason", "post_ids", "video_size", "chunk_size", "bytes", "sha256"}]`. `bytes` and `sha256` are of
//!   what has arrived. One that was begun and got no bytes is no post yet: what TikTok has made has
//!   `"status": "PUBLISH_COMPLETE"`.
//! * `POST /_simulator/posts/{publish_id}` `{"to": "complete", "manner"?}` moves one by hand, to `complete`, `public`,
//!   `no_longer_public` or `failed` (with a `reason`), and reports it to the app; returns what that answered to each
//!   delivery.
//! * `GET /_simulator/posts/{publish_id}/bytes` returns what has arrived, where `keeps_bytes_up_to` says to keep it.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value;

use super::{moves::Move, posts::Post};
use crate::{
    control::held,
    delivery::{Manner, reported},
    tiktok::State as TikTok,
};

/// A move that TikTok makes because a test wants it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ByHand {
    to: To,
    /// Why it fails.
    #[serde(default = "internal")]
    reason: String,
    #[serde(default)]
    manner: Manner,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    Complete,
    Public,
    NoLongerPublic,
    Failed,
}

fn internal() -> String {
    "internal".to_owned()
}

pub(super) async fn list(State(tiktok): State<Arc<TikTok>>) -> Json<Vec<Value>> {
    tiktok.move_posts();
    Json(held(&tiktok.posts).iter().map(Post::seen).collect())
}

pub(super) async fn bytes(State(tiktok): State<Arc<TikTok>>, Path(publish_id): Path<String>) -> Response {
    let posts = held(&tiktok.posts);
    let bytes = posts.find(&publish_id).and_then(|post| post.received.bytes());
    bytes.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |bytes| bytes.to_vec().into_response())
}

pub(super) async fn move_by_hand(
    State(tiktok): State<Arc<TikTok>>,
    Path(publish_id): Path<String>,
    Json(ByHand { to, reason, manner }): Json<ByHand>,
) -> Response {
    let step = match to {
        To::Complete => Move::Complete,
        To::Public => Move::Public,
        To::NoLongerPublic => Move::NoLongerPublic,
        To::Failed => Move::Failed { reason },
    };
    let now = tiktok.control.now();
    let event = held(&tiktok.posts).find_mut(&publish_id).map(|post| post.make(step, now, manner));
    match event {
        Some(event) => reported(tiktok.send(&event).await),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
