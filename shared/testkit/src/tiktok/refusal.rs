//! TikTok's shapes of an error: flat from the OAuth endpoints, bare where chunks go, an envelope from all others.

use axum::{
    Json,
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::format_description};

use super::publishing::{CREATOR_INFO, UPLOAD, bare};
use crate::random;

/// An error of the OAuth endpoints.
#[derive(Debug)]
pub(super) struct OAuthError {
    /// From RFC 6749.
    pub(super) error: &'static str,
    /// For the developer.
    pub(super) description: String,
}

/// Refuses with a code and its reason.
pub(super) fn oauth<T>(error: &'static str, description: impl Into<String>) -> Result<T, OAuthError> {
    Err(OAuthError { error, description: description.into() })
}

impl OAuthError {
    pub(super) fn response(self, status: u16) -> Response {
        flat(self.error, &self.description, status)
    }
}

fn flat(error: &str, description: &str, status: u16) -> Response {
    let log_id = log_id();
    let body = json!({ "error": error, "error_description": description, "log_id": log_id });
    logged(status, body, &log_id)
}

/// A code of TikTok's tables and what to tell the developer.
#[derive(Debug)]
pub(super) struct ApiError {
    pub(super) code: String,
    pub(super) message: String,
}

/// Refuses with a code and its reason.
pub(super) fn api<T>(code: &str, message: impl Into<String>) -> Result<T, ApiError> {
    Err(ApiError { code: code.to_owned(), message: message.into() })
}

/// An envelope with data and an error, which is `ok` when there is none.
pub(super) fn envelope(result: Result<Value, ApiError>) -> Response {
    match result {
        Ok(data) => enveloped(200, &data, "ok", ""),
        Err(ApiError { code, message }) => enveloped(status_of(&code), &json!({}), &code, &message),
    }
}

fn enveloped(status: u16, data: &Value, code: &str, message: &str) -> Response {
    let log_id = log_id();
    let body = json!({ "data": data, "error": { "code": code, "message": message, "log_id": log_id } });
    logged(status, body, &log_id)
}

/// creator_info answers 200 although the creator may not post, for these reasons.
pub(super) fn creator_envelope(result: Result<Value, ApiError>) -> Response {
    match result {
        Err(ApiError { code, message }) if may_not_post(&code) => enveloped(200, &json!({}), &code, &message),
        other => envelope(other),
    }
}

fn may_not_post(code: &str) -> bool {
    matches!(code, "spam_risk_too_many_posts" | "spam_risk_user_banned_from_posting" | "reached_active_user_cap")
}

fn logged(status: u16, body: Value, log_id: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, Json(body)).into_response();
    if let Ok(value) = HeaderValue::from_str(log_id) {
        response.headers_mut().insert("x-tt-logid", value);
    }
    response
}

/// TikTok's tables for the Display and Content Posting APIs.
fn status_of(code: &str) -> u16 {
    match code {
        "ok" => 200,
        "access_token_invalid" | "scope_not_authorized" => 401,
        "reached_active_user_cap"
        | "unaudited_client_can_only_post_to_private_accounts"
        | "url_ownership_unverified"
        | "privacy_level_option_mismatch" => 403,
        spam if spam.starts_with("spam_risk") => 403,
        "unsupported_path" => 404,
        "rate_limit_exceeded" => 429,
        "internal_error" | "server_error" => 500,
        "temporarily_unavailable" => 503,
        _ => 400,
    }
}

/// A refusal to order, as the path would say it.
pub(super) fn in_the_shape_of(path: &str, code: &str, oauth_status: u16) -> Response {
    let ordered = "Refused, as ordered";
    match path {
        UPLOAD => return bare(code.parse().unwrap_or(status_of(code)), None),
        CREATOR_INFO => return creator_envelope(api(code, ordered)),
        path if !path.starts_with("/v2/oauth/") => return envelope(api(code, ordered)),
        _ => {}
    }
    let status = if status_of(code) == 400 { oauth_status } else { status_of(code) };
    flat(code, ordered, status)
}

pub(super) async fn unknown_path() -> Response {
    envelope(api("unsupported_path", "There is nothing at this path"))
}

/// The time and something unique, as in `20261122…`.
fn log_id() -> String {
    let format = format_description!("[year][month][day][hour][minute][second]");
    let time = OffsetDateTime::now_utc().format(&format).unwrap_or_default();
    format!("{time}{}", random::letters(20).to_ascii_uppercase())
}
