//! What a caller learns of a failure, and what we keep for ourselves.

use std::{error::Error, time::Duration};

use serde_json::{Value, json};

use super::Reply;
use crate::{
    cache::Verdict,
    config::SecretError,
    domain::catalogue::ErrorCode,
    queue::QueueError,
    services::{
        connect::ConnectError, disconnect::DisconnectError, idempotency::KeyError, media::MediaError,
        meta_callbacks::CallbackError, posts::UploadError, tokens::TokenError, webhooks::ingest::IngestError,
    },
    store::StoreError,
    telemetry::causes,
};

/// A failed request: a code of the catalogue and a message for the caller, and the cause for the log alone.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    code: ErrorCode,
    message: String,
    details: Option<Value>,
    retry_after: Option<Duration>,
    retryable: bool,
    #[source]
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// A failure that the caller may read: `message` is for the developer, the catalogue has the text for the person.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: None,
            retry_after: None,
            retryable: code.is_retryable(),
            cause: None,
        }
    }

    /// Adds members that a program can act on.
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }

    /// Adds the cause, which is logged and never shown.
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds how long to wait before the same is tried again.
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Says that the same request may succeed later although its code doesn't.
    fn with_retryable(mut self, retryable: bool) -> Self {
        self.retryable |= retryable;
        self
    }

    /// The limiter's refusal.
    pub fn rate_limited(verdict: &Verdict) -> Self {
        let message = format!("more than {} requests a minute", verdict.limit);
        Self::new(ErrorCode::RateLimitExceeded, message).with_retry_after(verdict.retry_after)
    }

    /// Which failure it is.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The envelope: `{ "error": { code, message, details?, retryable, userMessage } }`.
    pub fn to_reply(&self) -> Reply {
        let mut error = json!({
            "code": self.code.as_str(),
            "message": self.message,
            "retryable": self.retryable,
            "userMessage": self.code.user_message(),
        });
        if let Some(details) = &self.details {
            error["details"] = details.clone();
        }
        let reply = Reply::json(self.code.status(), &json!({ "error": error }));
        match self.retry_after {
            Some(wait) => reply.with_header("retry-after", &seconds_up(wait)),
            None => reply,
        }
    }

    /// Logs the failure once, with its whole chain of causes: ours as errors, the caller's as information.
    pub(super) fn log(&self) {
        let code = self.code.as_str();
        let cause = self.cause.as_deref().map(|cause| causes(cause)).unwrap_or_default();
        if self.code.status().is_server_error() {
            tracing::error!(code, cause, "{}", self.message);
        } else {
            tracing::info!(code, cause, "{}", self.message);
        }
    }
}

/// Whole seconds, never fewer than the wait.
pub(super) fn seconds_up(wait: Duration) -> String {
    wait.as_millis().div_ceil(1000).to_string()
}

fn unavailable(message: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> ApiError {
    ApiError::new(ErrorCode::ServiceUnavailable, message).with_cause(cause)
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::PoolExhausted | StoreError::Unavailable(_) => {
                unavailable("the database is not available", error)
            }
            StoreError::Refused(_) | StoreError::Unexpected { .. } => {
                Self::new(ErrorCode::InternalError, "something went wrong on our side").with_cause(error)
            }
        }
    }
}

impl From<QueueError> for ApiError {
    fn from(error: QueueError) -> Self {
        unavailable("the queue is not available", error)
    }
}

impl From<SecretError> for ApiError {
    fn from(error: SecretError) -> Self {
        unavailable("a secret could not be read", error)
    }
}

impl From<IngestError> for ApiError {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::InvalidSignature => Self::new(ErrorCode::InvalidSignature, error.to_string()),
            IngestError::InvalidVerifyToken => Self::new(ErrorCode::InvalidVerifyToken, error.to_string()),
            IngestError::TooLarge { max } => {
                Self::new(ErrorCode::PayloadTooLarge, error.to_string()).with_details(json!({ "maxBytes": max }))
            }
            IngestError::Secret(error) => error.into(),
            IngestError::Queue(error) => error.into(),
        }
    }
}

impl From<CallbackError> for ApiError {
    fn from(error: CallbackError) -> Self {
        match error {
            CallbackError::InvalidSignature => Self::new(ErrorCode::InvalidSignature, error.to_string()),
            CallbackError::Secret(error) => error.into(),
            CallbackError::NoRandomness => {
                Self::new(ErrorCode::InternalError, "something went wrong on our side").with_cause(error)
            }
            CallbackError::Store(error) => error.into(),
        }
    }
}

impl From<DisconnectError> for ApiError {
    fn from(error: DisconnectError) -> Self {
        match error {
            DisconnectError::NotFound => Self::new(ErrorCode::NotFound, error.to_string()),
            DisconnectError::Store(error) => error.into(),
        }
    }
}

impl From<MediaError> for ApiError {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Store(error) => error.into(),
            MediaError::TooLarge { max } => {
                Self::new(error.code(), error.to_string()).with_details(json!({ "maxBytes": max }))
            }
            MediaError::Bucket(_) | MediaError::TooSlow | MediaError::NoRandomness => {
                Self::new(error.code(), "the file's store is not available").with_cause(error)
            }
            _ => Self::new(error.code(), error.to_string()),
        }
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Reused => Self::new(ErrorCode::IdempotencyKeyReused, error.to_string()),
            KeyError::InFlight(left) => {
                Self::new(ErrorCode::IdempotencyInFlight, error.to_string()).with_retry_after(left)
            }
            KeyError::NoSuchUser => Self::new(ErrorCode::Unauthenticated, error.to_string()),
            KeyError::Store(error) => error.into(),
        }
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        let message = error.to_string();
        match error {
            UploadError::Shape(shape) => {
                Self::new(ErrorCode::InvalidRequest, message).with_details(json!({ "member": shape.member }))
            }
            UploadError::NotSupported(_) => Self::new(ErrorCode::NotSupportedYet, message),
            UploadError::NotFound(member) => {
                Self::new(ErrorCode::NotFound, message).with_details(json!({ "member": member }))
            }
            UploadError::Problems(problems) => {
                let passes = problems.iter().all(|problem| problem.code.is_retryable());
                let details = json!({ "problems": problems });
                Self::new(ErrorCode::ValidationFailed, message).with_details(details).with_retryable(passes)
            }
            UploadError::Key(error) => error.into(),
            // It counts within a minute.
            UploadError::Throttled(cause) => {
                let wait = Duration::from_secs(60);
                Self::new(ErrorCode::RateLimitExceeded, message).with_retry_after(wait).with_cause(cause)
            }
            UploadError::Platform(cause) => Self::new(ErrorCode::PlatformUnavailable, message).with_cause(cause),
            UploadError::TooSlow => Self::new(ErrorCode::PlatformUnavailable, message),
            UploadError::Late => Self::new(ErrorCode::ServiceUnavailable, message),
            UploadError::Token(TokenError::Later) => Self::new(ErrorCode::PlatformUnavailable, message),
            UploadError::Token(cause) => unavailable("the account's token can't be opened", cause),
            UploadError::Media(error) => error.into(),
            UploadError::Store(error) => error.into(),
        }
    }
}

impl From<ConnectError> for ApiError {
    fn from(error: ConnectError) -> Self {
        let (code, message) = (error.code(), error.to_string());
        match &error {
            ConnectError::Store(_) | ConnectError::Secret(_) | ConnectError::Vault(_) | ConnectError::NoRandomness => {
                Self::new(code, "something that connecting needs is not available").with_cause(error)
            }
            ConnectError::ScopesNotConfigured(scopes) | ConnectError::ScopesMissing(scopes) => {
                Self::new(code, message).with_details(json!({ "scopes": scopes }))
            }
            _ => Self::new(code, message).with_cause(error),
        }
    }
}
