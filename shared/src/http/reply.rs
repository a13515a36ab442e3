//! An answer.

use http::{HeaderName, HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

/// What goes back to the caller.
#[derive(Debug)]
pub struct Reply(Response<Body>);

impl Reply {
    /// 200 with JSON.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// Any status with JSON. Personal data unless said otherwise, so no cache keeps it.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(json) => Self::written(status, json),
            Err(error) => unreachable!("our replies have string keys and no failing members: {error}"),
        }
    }

    /// Any status with JSON that is written already, for whom [`json`](Self::json) is.
    pub fn written(status: StatusCode, json: String) -> Self {
        Self::new(status, "application/json", json).with_header(header::CACHE_CONTROL.as_str(), "no-store")
    }

    /// Any status with text of this content type.
    pub fn new(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self(response).with_header(header::X_CONTENT_TYPE_OPTIONS.as_str(), "nosniff")
    }

    /// 302 to an address that is for this person alone.
    pub fn redirect(to: &str) -> Self {
        Self::new(StatusCode::FOUND, "text/plain", "")
            .with_header(header::LOCATION.as_str(), to)
            .with_header(header::CACHE_CONTROL.as_str(), "no-store")
            .with_header(header::REFERRER_POLICY.as_str(), "no-referrer")
    }

    /// Adds a header, replacing one of the same name. A value that can't be in a header leaves it out.
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// As `lambda_http` sends it.
    pub fn into_response(self) -> Response<Body> {
        self.0
    }
}
