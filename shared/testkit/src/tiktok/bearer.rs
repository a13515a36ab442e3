//! Whom an access token acts for.

use axum::http::{HeaderMap, header::AUTHORIZATION};

use super::{
    State as TikTok,
    grants::Token,
    people::Person,
    refusal::{ApiError, api},
};
use crate::control::held;

impl TikTok {
    /// The token in the header and whose it is.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Result<(Token, Person), ApiError> {
        let Some(token) = held(&self.grants).access(bearer(headers), self.control.now()).cloned() else {
            return api("access_token_invalid", "The access token is invalid or not found in the request.");
        };
        match self.control.person(|person| person.open_id == token.open_id) {
            Some(person) => Ok((token, person)),
            None => api("internal_error", "The account is gone"),
        }
    }
}

/// The token as it came; empty where there is none.
pub(super) fn bearer(headers: &HeaderMap) -> &str {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
}
