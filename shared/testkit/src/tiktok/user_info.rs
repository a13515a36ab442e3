//! `GET /v2/user/info/?fields=…` (developers.tiktok.com, Display API: get user info).

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Uri, header::AUTHORIZATION},
    response::Response,
    routing::get,
};
use serde_json::{Map, Value, json};

use super::{State as TikTok, people::Person, refusal::envelope};
use crate::{control::held, parameters::Parameters};

pub(super) fn routes() -> Router<Arc<TikTok>> {
    Router::new().route("/v2/user/info/", get(user_info))
}

/// A code of TikTok's table and what to tell the developer.
type Refusal = (String, String);

fn refused<T>(code: &str, message: impl Into<String>) -> Result<T, Refusal> {
    Err((code.to_owned(), message.into()))
}

async fn user_info(State(tiktok): State<Arc<TikTok>>, headers: HeaderMap, uri: Uri) -> Response {
    match tiktok.user(&headers, &Parameters::of_query(&uri)) {
        Ok(user) => envelope(&json!({ "user": user }), "ok", ""),
        Err((code, message)) => envelope(&json!({}), &code, &message),
    }
}

impl TikTok {
    fn user(&self, headers: &HeaderMap, query: &Parameters) -> Result<Map<String, Value>, Refusal> {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let Some(token) = held(&self.grants).access(token, self.control.now()).cloned() else {
            return refused("access_token_invalid", "The access token is invalid or not found in the request.");
        };
        let Some(person) = self.control.person(|person| person.open_id == token.open_id) else {
            return refused("internal_error", "The account is gone");
        };
        let Some(fields) = query.get("fields") else { return refused("invalid_params", "Fields is required") };
        fields.split(',').map(|field| self.field(&person, field, &token.scopes)).collect()
    }

    fn field(&self, person: &Person, name: &str, granted: &[String]) -> Result<(String, Value), Refusal> {
        let Some((scope, value)) = field(person, name) else {
            return refused("invalid_params", format!("{name} is not a field of a user"));
        };
        if !granted.iter().any(|known| known == scope) {
            let code = self.control.settings().ungranted_field_code;
            return refused(&code, format!("The user did not authorize the scope required for {name}: {scope}"));
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
