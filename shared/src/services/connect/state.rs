//! The state of a login: a random word that is worth something once, for ten minutes, in one browser.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::ConnectError;

/// How much of a state's hash is in the name of its cookie.
const NAMED_BYTES: usize = 8;

/// 256 random bits, as 43 characters that are safe in a query and in a cookie.
pub(super) fn random_word() -> Result<String, ConnectError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| ConnectError::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a word: its SHA-256. The words have enough bits to need no salt.
pub(super) fn hash(word: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, word.as_bytes()).as_ref());
    hash
}

/// What the names of the cookies begin with. `__Host-` binds them to the origin.
pub const COOKIE_PREFIX: &str = "__Host-connect-";

/// The name of a state's own cookie, so that two tabs don't take each other's: it has the first bytes of the state's
/// hash.
pub(super) fn cookie_name(state_hash: &[u8]) -> String {
    let hex: String = state_hash.iter().take(NAMED_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("{COOKIE_PREFIX}{hex}")
}

/// The first bytes of a state's hash, from the name of its cookie.
pub(super) fn named_state(cookie_name: &str) -> Option<Vec<u8>> {
    let hex = cookie_name.strip_prefix(COOKIE_PREFIX)?;
    let is_whole = hex.len() == 2 * NAMED_BYTES && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    if is_whole { (0..hex.len()).step_by(2).map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_long_safe_and_never_the_same() {
        let (one, other) = (random_word().unwrap(), random_word().unwrap());
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(one.len() == 43 && one.bytes().all(safe));
        assert_ne!(one, other);
        assert_ne!(cookie_name(&hash(&one)), cookie_name(&hash(&other)));
    }

    #[test]
    fn a_cookies_name_tells_how_its_states_hash_begins() {
        let state = hash("a state");
        assert_eq!(named_state(&cookie_name(&state)).unwrap(), state[..8]);
        for name in ["__Host-connect-", "__Host-connect-00112233445566", "__Host-connect-+011223344556677", "other"] {
            assert_eq!(named_state(name), None, "{name}");
        }
    }
}
