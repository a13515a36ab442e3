//! `signed_request`: what Meta's callbacks carry (developers.facebook.com, Facebook Login: parsing the signed request).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use time::OffsetDateTime;

use crate::signing::hmac_base64url;

/// How long a request for deletion says that it holds.
const LIFETIME_S: i64 = 3_600;

/// What a callback is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Somebody removed the app.
    Deauthorization,
    /// Somebody wants to be forgotten.
    Deletion,
}

/// A request about a person, signed now.
pub fn signed_request(app_secret: &str, user_id: &str) -> String {
    signed_at(app_secret, user_id, About::Deauthorization, OffsetDateTime::now_utc().unix_timestamp())
}

/// A request about a person, signed at a time.
pub(super) fn signed_at(app_secret: &str, user_id: &str, subject: About, issued_at: i64) -> String {
    let user_id = json!(user_id);
    let expires = match subject {
        About::Deauthorization => String::new(),
        About::Deletion => format!(r#","expires":{}"#, issued_at + LIFETIME_S),
    };
    encoded(
        app_secret,
        &format!(r#"{{"user_id":{user_id},"algorithm":"HMAC-SHA256","issued_at":{issued_at}{expires}}}"#),
    )
}

/// The signature is over the payload as it is encoded.
fn encoded(app_secret: &str, payload: &str) -> String {
    let payload = URL_SAFE_NO_PAD.encode(payload);
    format!("{}.{payload}", hmac_base64url(app_secret, payload.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn requests_are_signed_as_the_worked_examples_are() {
        let deletion = "fUTgDdVd9vybH602EQEYucMJ1TNNZWLu1kocpvvM_Bw.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3OTAwMDAwMDAsImV4cGlyZXMiOjE3OTAwMDM2MDB9";
        assert_eq!(signed_at(SECRET, "218471", About::Deletion, 1_790_000_000), deletion);
        let removal = "bVj5nX0idGe_UnZrVZLLlMEWyYCwxIjwkXaQm-Sgj2o.eyJ1c2VyX2lkIjoiMTAwMDAwMDAwMDAwMDAwMTQiLCJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5MDAwMDAwMH0";
        assert_eq!(signed_at(SECRET, "10000000000000014", About::Deauthorization, 1_790_000_000), removal);
    }
}
