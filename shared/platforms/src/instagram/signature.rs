//! Meta's webhook signature: `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>`.
//!
//! developers.facebook.com, Graph API webhooks: getting started. The body is hashed exactly as received: Meta writes
//! non-ASCII characters as `\uXXXX`, so a body that was parsed and written again has another signature.

use crate::{secret::AppSecret, signature::verify_hex};

/// Whether `secret` signed `body`, by the header's value; constant time. Anything but `sha256=` and 64 lower-case
/// hexadecimal digits is refused; the older SHA-1 header is never looked at.
pub fn verifies(header: &str, secret: &AppSecret, body: &[u8]) -> bool {
    header.strip_prefix("sha256=").is_some_and(|hex| verify_hex(secret.expose(), &[body], hex))
}

#[cfg(test)]
mod tests;
