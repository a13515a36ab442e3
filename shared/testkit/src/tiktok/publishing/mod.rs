//! The Content Posting API for a video whose bytes the app sends (developers.tiktok.com, Content Posting API).
//!
//! What becomes of posts is in `settings`, under `publishing`. A test looks at them, and moves them by hand, below
//! `/_simulator/posts`.

mod caps;
mod chunks;
mod control;
mod creator_info;
mod init;
mod moves;
mod posts;
mod rate_limits;
mod received;
mod settings;
mod status;
mod upload;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderMap, StatusCode, header::CONTENT_RANGE},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::de::DeserializeOwned;

use super::{
    State as TikTok,
    bearer::bearer,
    people::Person,
    refusal::{ApiError, api},
};
use crate::{control::held, parameters::media_type};

pub(super) use posts::Posts;
pub(super) use rate_limits::RateLimits;
pub(super) use settings::Publishing;

/// Answers 200 where others answer 403.
pub(super) const CREATOR_INFO: &str = "/v2/post/publish/creator_info/query/";
const VIDEO_INIT: &str = "/v2/post/publish/video/init/";
const STATUS_FETCH: &str = "/v2/post/publish/status/fetch/";
/// Where an `upload_url` points to.
pub(super) const UPLOAD: &str = "/upload";

/// What a token must be granted to post directly.
const PUBLISH: &str = "video.publish";
/// What a token must be granted to leave drafts.
const DRAFT: &str = "video.upload";

pub(super) fn routes() -> Router<Arc<TikTok>> {
    Router::new()
        .route(CREATOR_INFO, post(creator_info::query))
        .route(VIDEO_INIT, post(init::init))
        .route(STATUS_FETCH, post(status::fetch))
        .route(UPLOAD, put(upload::take))
        .route("/_simulator/posts", get(control::list))
        .route("/_simulator/posts/{publish_id}", post(control::move_by_hand))
        .route("/_simulator/posts/{publish_id}/bytes", get(control::bytes))
}

/// An answer without an envelope. It tells how much has arrived, where that is known.
pub(super) fn bare(status: u16, content_range: Option<String>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    match content_range {
        Some(range) => (status, [(CONTENT_RANGE, range)]).into_response(),
        None => status.into_response(),
    }
}

impl TikTok {
    /// Who calls, if the token has one of the scopes and hasn't called too often.
    fn admit(&self, headers: &HeaderMap, path: &'static str, scopes: &[&str]) -> Result<Person, ApiError> {
        let (token, person) = self.caller(headers)?;
        if !token.scopes.iter().any(|granted| scopes.contains(&granted.as_str())) {
            return api("scope_not_authorized", "The user did not authorize the scope required for this call");
        }
        let enforced = self.control.settings().publishing.enforces_rate_limits;
        if enforced && !held(&self.rate_limits).allow(bearer(headers), path, self.control.now()) {
            return api("rate_limit_exceeded", "Too many requests within a minute");
        }
        Ok(person)
    }
}

/// A body of JSON. An empty one is an empty object.
fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, ApiError> {
    if media_type(headers) != "application/json" {
        return api("invalid_params", "The body must be application/json");
    }
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).or_else(|error| api("invalid_params", error.to_string()))
}
