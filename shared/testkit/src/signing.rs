//! Signatures as the platforms make them.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
    hmac::{HMAC_SHA256, Key, sign},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Lower-case hexadecimal HMAC-SHA256.
pub(crate) fn hmac_hex(secret: &str, text: &[u8]) -> String {
    hex(sign(&Key::new(HMAC_SHA256, secret.as_bytes()), text).as_ref())
}

/// HMAC-SHA256 in base64url, without padding.
pub(crate) fn hmac_base64url(secret: &str, text: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sign(&Key::new(HMAC_SHA256, secret.as_bytes()), text).as_ref())
}

/// Lower-case hexadecimal SHA-256.
pub(crate) fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex(digest(&SHA256, bytes.as_ref()).as_ref())
}

/// Whether two secrets are the same, in a time that doesn't tell where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
