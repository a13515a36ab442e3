//! HMAC-SHA256 in lower-case hexadecimal: how both platforms sign what they deliver.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    hmac::{Context, HMAC_SHA256, Key, Tag},
};

/// Whether `hex` (64 digits) is the HMAC-SHA256 of the concatenated `parts` under `key`; compares in constant time.
///
/// An empty key never verifies anything: it would turn a missing configuration into an open door.
pub(crate) fn verify_hex(key: &str, parts: &[&[u8]], hex: &str) -> bool {
    let Some(tag) = decode_hex(hex) else { return false };
    !key.is_empty() && verify_slices_are_equal(sign(key, parts).as_ref(), &tag).is_ok()
}

/// HMAC-SHA256 of the concatenated `parts` under `key`.
pub(crate) fn sign(key: &str, parts: &[&[u8]]) -> Tag {
    let mut context = Context::with_key(&Key::new(HMAC_SHA256, key.as_bytes()));
    parts.iter().for_each(|part| context.update(part));
    context.sign()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Upper-case digits are refused as well: neither platform writes them, and one spelling per signature is simplest.
fn decode_hex(hex: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = hex.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Instagram's vector W0: the empty body.
    const EMPTY: &str = "796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2";
    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_right_key_and_text_verify() {
        assert!(verify_hex(KEY, &[b""], EMPTY));
        assert!(!verify_hex(KEY, &[b" "], EMPTY));
        assert!(!verify_hex("another", &[b""], EMPTY));
    }

    #[test]
    fn a_malformed_tag_never_verifies() {
        let (long, short, upper) = (format!("{EMPTY}0"), &EMPTY[1..], EMPTY.to_uppercase());
        for tag in ["", &long, short, &upper, &"g".repeat(64), &"é".repeat(32)] {
            assert!(!verify_hex(KEY, &[b""], tag), "{tag:?}");
        }
    }

    #[test]
    fn an_empty_key_never_verifies() {
        let tag = aws_lc_rs::hmac::sign(&Key::new(HMAC_SHA256, b""), b"body");
        assert!(!verify_hex("", &[b"body"], &hex(tag.as_ref())));
    }
}
