//! The user that a request acts for, as the Lambda authorizer established it.

use serde_json::Value;
use time::OffsetDateTime;

use super::{ApiError, Request};
use crate::domain::{UserId, catalogue::ErrorCode};

/// An authenticated user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// `users.id`.
    pub user: UserId,
}

impl Caller {
    /// The authorizer's context member that holds the user's id.
    pub const USER_ID: &'static str = "userId";
    /// The authorizer's context member that holds the token's end, in Unix seconds. API Gateway caches the authorizer's
    /// answer, so the end is checked here again.
    pub const EXPIRES_AT: &'static str = "expiresAt";

    /// Who asks. Only the authorizer's context counts, never a header or the body.
    ///
    /// # Errors
    /// 401 when the context is missing, incomplete or past its end: fails closed, also when a route was opened by mistake.
    pub fn of(request: &Request) -> Result<Self, ApiError> {
        let member = |name| request.authorizer(name).and_then(integer);
        let unexpired = member(Self::EXPIRES_AT).is_some_and(|end| end > OffsetDateTime::now_utc().unix_timestamp());
        match member(Self::USER_ID) {
            Some(id) if unexpired => Ok(Self { user: UserId(id) }),
            _ => Err(ApiError::new(ErrorCode::Unauthenticated, "the request carries no valid token")),
        }
    }
}

/// API Gateway hands an authorizer's numbers on as numbers or as text.
fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
