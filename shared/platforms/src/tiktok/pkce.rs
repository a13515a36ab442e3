//! PKCE as TikTok wants it: the challenge is hexadecimal, not the base64url of RFC 7636.
//!
//! developers.tiktok.com, Login Kit for Desktop. Needed there and, by all reports, for web apps as well.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    secret::{CodeVerifier, LoginCookie},
    signature::{hex, sign},
};

/// Tells this use of the cookie from every other one.
const LABEL: &[u8] = b"pkce verifier:";

/// The verifier that belongs to a login: 43 characters that follow from what its browser brings back, so that none has to
/// be stored. The client secret has no part in it, since it may be replaced while the person is away.
pub fn verifier(cookie: &LoginCookie, state: &str) -> CodeVerifier {
    CodeVerifier::from(URL_SAFE_NO_PAD.encode(sign(cookie.expose(), &[LABEL, state.as_bytes()])))
}

/// What the consent page is told: lower-case hexadecimal SHA-256 of the verifier.
pub fn challenge(verifier: &CodeVerifier) -> String {
    hex(digest(&SHA256, verifier.expose().as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_examples_have_these_challenges() {
        for (verifier, expected) in [
            (
                "gaeCq5mVvbhA8Ce6w5O9XBVIKMkySgv-_9A-rnhm9Ns",
                "e6a178b120743d08509508f269652b0bdf91e29332921bc9e9744fd3dd41bfef",
            ),
            (
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3",
            ),
        ] {
            assert_eq!(challenge(&CodeVerifier::from(verifier.to_owned())), expected);
        }
    }

    #[test]
    fn a_verifier_is_of_the_documented_form_and_belongs_to_one_state_and_cookie() {
        let verifier = |cookie: &str, state: &str| verifier(&LoginCookie::from(cookie.to_owned()), state);
        let text = verifier("cookie", "state");
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        assert!((43..=128).contains(&text.expose().len()) && text.expose().bytes().all(unreserved));
        assert_eq!(text.expose(), verifier("cookie", "state").expose());
        assert_ne!(text.expose(), verifier("cookie", "other").expose());
        assert_ne!(text.expose(), verifier("other", "state").expose());
    }
}
