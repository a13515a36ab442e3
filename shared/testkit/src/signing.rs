//! Signatures as the platforms make them.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};

/// Lower-case hexadecimal HMAC-SHA256.
pub(crate) fn hmac_hex(secret: &str, text: &[u8]) -> String {
    let tag = sign(&Key::new(HMAC_SHA256, secret.as_bytes()), text);
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
