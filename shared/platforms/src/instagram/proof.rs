//! `appsecret_proof`: shows that a call comes from whoever holds the app's secret, so a stolen token is worth less.
//!
//! developers.facebook.com, Facebook Login: security. The time-stamped form is the current one and holds five minutes.

use time::OffsetDateTime;

use crate::{
    secret::{AccessToken, AppSecret},
    signature::{hex, sign},
};

/// Which form is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofForm {
    /// Over the token and the time.
    Timed,
    /// Over the token alone, as older SDKs send it.
    Plain,
}

impl std::str::FromStr for ProofForm {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "timed" => Ok(Self::Timed),
            "plain" => Ok(Self::Plain),
            _ => Err("neither timed nor plain"),
        }
    }
}

/// The parameters that prove a call made with `token` at `now`.
pub(super) fn parameters(
    form: ProofForm,
    token: &AccessToken,
    secret: &AppSecret,
    now: OffsetDateTime,
) -> Vec<(&'static str, String)> {
    let time = now.unix_timestamp().to_string();
    let token = token.expose().as_bytes();
    match form {
        ProofForm::Timed => {
            let proof = sign(secret.expose(), &[token, b"|", time.as_bytes()]);
            vec![("appsecret_proof", hex(proof.as_ref())), ("appsecret_time", time)]
        }
        ProofForm::Plain => vec![("appsecret_proof", hex(sign(secret.expose(), &[token]).as_ref()))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_examples_have_these_proofs() {
        let token = AccessToken::from("EAAGexampleUserToken1234567890".to_owned());
        let secret = AppSecret::from("0123456789abcdef0123456789abcdef".to_owned());
        let now = OffsetDateTime::from_unix_timestamp(1_790_000_000).unwrap();
        let plain = "d33cd4ce071cacef57c193cb71475dfc05a367945f44da3de6b45079a12b6f9a".to_owned();
        assert_eq!(parameters(ProofForm::Plain, &token, &secret, now), [("appsecret_proof", plain)]);
        let timed = "f4690634d422091c7b8b223f42051de96465ff4dab99b7b83857d2b0e3348a8c".to_owned();
        let expected = [("appsecret_proof", timed), ("appsecret_time", "1790000000".to_owned())];
        assert_eq!(parameters(ProofForm::Timed, &token, &secret, now), expected);
    }
}
