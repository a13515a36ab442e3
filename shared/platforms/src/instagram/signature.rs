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
mod tests {
    use super::*;

    const W2: &str = r#"{"object":"instagram","entry":[{"id":"17841400000000001","time":1790000000,"changes":[{"field":"comments","value":{"id":"17900000000000002","from":{"id":"990000000000001","username":"ada"},"text":"caf\u00e9 \ud83d\ude00","media":{"id":"17800000000000001","media_product_type":"REELS"}}}]}]}"#;
    const W2_HEADER: &str = "sha256=29bfffd8e10c4df192314e344400cea6f63218ba93584f731c10b8bd70e39025";

    fn secret() -> AppSecret {
        AppSecret::from("0123456789abcdef0123456789abcdef".to_owned())
    }

    #[test]
    fn worked_examples_verify() {
        assert!(verifies(W2_HEADER, &secret(), W2.as_bytes()));
        let empty = "sha256=796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2";
        assert!(verifies(empty, &secret(), b""));
    }

    #[test]
    fn a_body_that_was_parsed_and_written_again_is_refused() {
        let rewritten = W2.replace(r"\u00e9", "é").replace(r"\ud83d\ude00", "😀");
        assert!(!verifies(W2_HEADER, &secret(), rewritten.as_bytes()));
    }

    #[test]
    fn another_scheme_or_none_is_refused() {
        for header in
            ["", "sha1=29bf", &W2_HEADER[7..], &W2_HEADER.replace("sha256", "SHA256"), &format!("{W2_HEADER} ")]
        {
            assert!(!verifies(header, &secret(), W2.as_bytes()), "{header}");
        }
    }
}
