//! `POST /v2/post/publish/status/fetch/`.

use std::sync::Arc;

use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    DRAFT, PUBLISH, STATUS_FETCH, json,
    posts::{Post, Stage},
};
use crate::{
    control::held,
    tiktok::{
        State as TikTok,
        refusal::{ApiError, api, envelope},
    },
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    publish_id: String,
}

pub(super) async fn fetch(State(tiktok): State<Arc<TikTok>>, headers: HeaderMap, body: Bytes) -> Response {
    tiktok.move_posts();
    envelope(tiktok.status(&headers, &body))
}

impl TikTok {
    fn status(&self, headers: &HeaderMap, body: &[u8]) -> Result<Value, ApiError> {
        let person = self.admit(headers, STATUS_FETCH, &[PUBLISH, DRAFT])?;
        let question: Question = json(headers, body)?;
        match held(&self.posts).find(&question.publish_id) {
            None => api("invalid_publish_id", "The publish_id does not exist"),
            Some(post) if post.open_id != person.open_id => {
                api("token_not_authorized_for_specified_publish_id", "The publish_id is another user's")
            }
            Some(post) => Ok(told(post)),
        }
    }
}

/// What TikTok tells of a post; of a failed one only why. Ids are numbers here, though text in webhooks.
fn told(post: &Post) -> Value {
    let status = post.stage.status();
    match &post.stage {
        Stage::Failed { reason } => json!({ "status": status, "fail_reason": reason }),
        Stage::Published { post_ids, .. } if !post_ids.is_empty() => {
            let ids: Vec<u64> = post_ids.iter().filter_map(|id| id.parse().ok()).collect();
            json!({ "status": status, "publicaly_available_post_id": ids, "uploaded_bytes": post.received.count })
        }
        _ => json!({ "status": status, "uploaded_bytes": post.received.count }),
    }
}
