//! The Graph API's envelope of an error (developers.facebook.com, Graph API: handle errors).

use axum::{
    Json,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::random;

/// Subcode of 190: the person removed the app.
pub(super) const APP_REMOVED: u32 = 458;
/// Subcode of 190: the person must log in at facebook.com and pass a check.
pub(super) const CHECKPOINTED: u32 = 459;
/// Subcode of 190: the person has a new password.
pub(super) const PASSWORD_CHANGED: u32 = 460;
/// Subcode of 190: the token's time is over.
pub(super) const EXPIRED: u32 = 463;
/// Subcode of 190: the person's account isn't confirmed.
pub(super) const UNCONFIRMED: u32 = 464;
/// Subcode of 190: the session was ended.
pub(super) const SESSION_ENDED: u32 = 467;
/// Subcode of 190: the person has no role on the Page any more.
pub(super) const ROLE_LOST: u32 = 492;

/// A refusal. Nearly every one is HTTP 400, so only code and subcode tell them apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GraphError {
    pub(super) code: i32,
    pub(super) subcode: Option<u32>,
    pub(super) message: String,
}

impl GraphError {
    pub(super) fn new(code: i32, message: impl Into<String>) -> Self {
        Self { code, subcode: None, message: message.into() }
    }

    pub(super) fn with_subcode(self, subcode: u32) -> Self {
        Self { subcode: Some(subcode), ..self }
    }

    /// A permission that the person hasn't granted.
    pub(super) fn lacks(permission: &str) -> Self {
        Self::new(200, format!("(#200) Requires {permission} permission"))
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::new(100, format!("(#100) The parameter {parameter} is required"))
    }

    /// No such object, or not for this token.
    pub(super) fn no_object(id: &str) -> Self {
        let message = format!("Unsupported request. Object with ID '{id}' does not exist, or permissions are missing");
        Self::new(100, message).with_subcode(33)
    }

    /// Nothing that was ever issued.
    pub(super) fn unknown_token() -> Self {
        Self::new(190, "Invalid OAuth access token - Cannot parse access token")
    }

    /// A token that was alive once.
    pub(super) fn dead_token(subcode: u32) -> Self {
        let why = match subcode {
            APP_REMOVED => "The user has not authorized the application",
            CHECKPOINTED => "The user is in a checkpoint and must log in",
            PASSWORD_CHANGED => "The session is invalid because the user changed the password",
            EXPIRED => "Session has expired",
            UNCONFIRMED => "The user is not confirmed",
            ROLE_LOST => "The user does not have a role on the Page",
            _ => "The session is no longer valid",
        };
        Self::new(190, format!("Error validating access token: {why}.")).with_subcode(subcode)
    }

    /// From `190/460` or `2`, as a test orders it; anything else is Meta's unknown error.
    pub(super) fn ordered(code: &str) -> Self {
        let (code, subcode) = code.split_once('/').map_or((code, None), |(code, subcode)| (code, subcode.parse().ok()));
        let code = code.parse().unwrap_or(1);
        Self { code, subcode, message: format!("(#{code}) Refused, as ordered") }
    }

    fn status(&self) -> StatusCode {
        match self.code {
            2 => StatusCode::SERVICE_UNAVAILABLE,
            10 | 200..=299 => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "is_transient": (self.code == 2),
            "fbtrace_id": format!("A{}", random::text(22)),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        (self.status(), Json(json!({ "error": error }))).into_response()
    }
}

pub(super) async fn unknown_path(uri: Uri) -> GraphError {
    GraphError::new(2500, format!("Unknown path components: {}", uri.path()))
}

pub(super) async fn unsupported_method(method: Method) -> GraphError {
    GraphError::new(100, format!("Unsupported request - method type: {}", method.as_str().to_lowercase()))
}
