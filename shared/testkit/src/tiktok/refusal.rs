//! TikTok's two shapes of an error: flat from the OAuth endpoints, an envelope from all others.

use axum::{
    Json,
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::format_description};

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

/// An envelope with data and an error, which is `ok` when there is none.
pub(super) fn envelope(data: &Value, code: &str, message: &str) -> Response {
    let log_id = log_id();
    let body = json!({ "data": data, "error": { "code": code, "message": message, "log_id": log_id } });
    logged(status_of(code), body, &log_id)
}

fn logged(status: u16, body: Value, log_id: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, Json(body)).into_response();
    if let Ok(value) = HeaderValue::from_str(log_id) {
        response.headers_mut().insert("x-tt-logid", value);
    }
    response
}

/// TikTok's table for the Display API.
fn status_of(code: &str) -> u16 {
    match code {
        "ok" => 200,
        "access_token_invalid" | "scope_not_authorized" => 401,
        "unsupported_path" => 404,
        "rate_limit_exceeded" => 429,
        "internal_error" | "server_error" => 500,
        "temporarily_unavailable" => 503,
        _ => 400,
    }
}

/// A refusal to order, as the path would say it.
pub(super) fn in_the_shape_of(path: &str, code: &str, oauth_status: u16) -> Response {
    if !path.starts_with("/v2/oauth/") {
        return envelope(&json!({}), code, "Refused, as ordered");
    }
    let status = if status_of(code) == 400 { oauth_status } else { status_of(code) };
    flat(code, "Refused, as ordered", status)
}

pub(super) async fn unknown_path() -> Response {
    envelope(&json!({}), "unsupported_path", "There is nothing at this path")
}

/// The time and something unique, as in `20261122…`.
fn log_id() -> String {
    let format = format_description!("[year][month][day][hour][minute][second]");
    let time = OffsetDateTime::now_utc().format(&format).unwrap_or_default();
    format!("{time}{}", random::letters(20).to_ascii_uppercase())
}
