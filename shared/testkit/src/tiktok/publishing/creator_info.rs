//! `POST /v2/post/publish/creator_info/query/`.

use std::sync::Arc;

use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};
use serde_json::{Map, Value, json};

use super::{CREATOR_INFO, PUBLISH, json};
use crate::tiktok::{
    State as TikTok,
    refusal::{ApiError, api, creator_envelope},
};

pub(super) async fn query(State(tiktok): State<Arc<TikTok>>, headers: HeaderMap, body: Bytes) -> Response {
    creator_envelope(tiktok.creator_info(&headers, &body))
}

impl TikTok {
    fn creator_info(&self, headers: &HeaderMap, body: &[u8]) -> Result<Value, ApiError> {
        let person = self.admit(headers, CREATOR_INFO, &[PUBLISH])?;
        let parameters: Map<String, Value> = json(headers, body)?;
        if let Some(name) = parameters.keys().next() {
            return api("invalid_params", format!("{name} is not a parameter"));
        }
        self.check_caps(&person)?;
        let settings = self.control.settings().publishing;
        Ok(json!({
            "creator_avatar_url": person.avatar_url,
            "creator_username": person.username,
            "creator_nickname": person.display_name,
            "privacy_level_options": settings.options(&person),
            "comment_disabled": settings.comment_disabled,
            "duet_disabled": settings.duet_disabled || person.private_account,
            "stitch_disabled": settings.stitch_disabled || person.private_account,
            "max_video_post_duration_sec": settings.max_video_post_duration_sec,
        }))
    }
}
