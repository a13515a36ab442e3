//! `GET /v2/user/info/?fields=…` (developers.tiktok.com, Display API: get user info).

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
    routing::get,
};
use serde_json::{Map, Value, json};

use super::{
    State as TikTok,
    people::Person,
    refusal::{ApiError, api, envelope},
};
use crate::parameters::Parameters;

pub(super) fn routes() -> Router<Arc<TikTok>> {
    Router::new().route("/v2/user/info/", get(user_info))
}

async fn user_info(State(tiktok): State<Arc<TikTok>>, headers: HeaderMap, uri: Uri) -> Response {
    envelope(tiktok.user(&headers, &Parameters::of_query(&uri)).map(|user| json!({ "user": user })))
}

impl TikTok {
    fn user(&self, headers: &HeaderMap, query: &Parameters) -> Result<Map<String, Value>, ApiError> {
        let (token, person) = self.caller(headers)?;
        let Some(fields) = query.get("fields") else { return api("invalid_params", "Fields is required") };
        fields.split(',').map(|field| self.field(&person, field, &token.scopes)).collect()
    }

    fn field(&self, person: &Person, name: &str, granted: &[String]) -> Result<(String, Value), ApiError> {
        let Some((scope, value)) = field(person, name) else {
            return api("invalid_params", format!("{name} is not a field of a user"));
        };
        if !granted.iter().any(|known| known == scope) {
            let code = self.control.settings().ungranted_field_code;
            return api(&code, format!("The user did not authorize the scope required for {name}: {scope}"));
        }
        Ok((name.to_owned(), value))
    }
}

/// The scope that a field needs, and its value.
fn field(person: &Person, name: &str) -> Option<(&'static str, Value)> {
    let value = match name {
        "open_id" => json!(person.open_id),
        "union_id" => json!(person.union_id),
        "avatar_url" | "avatar_url_100" | "avatar_large_url" => json!(person.avatar_url),
        "display_name" => json!(person.display_name),
        "bio_description" => json!(person.bio_description),
        "profile_deep_link" => json!(format!("https://www.tiktok.com/@{}?lang=en", person.username)),
        "is_verified" => json!(person.is_verified),
        "username" => json!(person.username),
        "follower_count" => json!(person.follower_count),
        "following_count" => json!(person.following_count),
        "likes_count" => json!(person.likes_count),
        "video_count" => json!(person.video_count),
        _ => return None,
    };
    Some((scope_of(name), value))
}

fn scope_of(field: &str) -> &'static str {
    match field {
        "bio_description" | "profile_deep_link" | "is_verified" | "username" => "user.info.profile",
        "follower_count" | "following_count" | "likes_count" | "video_count" => "user.info.stats",
        _ => "user.info.basic",
    }
}
