//! The state of a login: a random word that is worth something once, for ten minutes, in one browser.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::ConnectError;

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

/// The name of a state's own cookie, so that two tabs don't take each other's. `__Host-` binds it to the origin.
pub fn cookie_name(state: &str) -> String {
    let hash = hash(state);
    let hex: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("__Host-connect-{hex}")
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
        assert_ne!(cookie_name(&one), cookie_name(&other));
    }
}
