//! What a token must say.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value};
use shared::{
    config::{ConfigError, Vars},
    domain::UserId,
};

/// How far the app's clock and ours may be apart, in seconds. Functions check the end again, to the second.
const LEEWAY: u64 = 5;

/// The claims that we demand.
#[derive(Debug)]
pub(crate) struct Rules {
    issuer: String,
    audience: String,
    user_claim: String,
}

/// What a valid token says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) user: UserId,
    /// Unix seconds.
    pub(crate) expires_at: i64,
}

impl Rules {
    pub(crate) fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        Ok(Self {
            issuer: vars.required("JWT_ISSUER")?,
            audience: vars.required("JWT_AUDIENCE")?,
            user_claim: vars.required("JWT_USER_CLAIM")?,
        })
    }

    /// The token's meaning, or why it's refused. The algorithm is the key's, never the token's.
    pub(crate) fn check(&self, token: &str, algorithm: Algorithm, key: &DecodingKey) -> Result<Token, String> {
        let claims = decode::<Map<String, Value>>(token, key, &self.validation(algorithm))
            .map_err(|error| error.to_string())?
            .claims;
        let user = claims.get(&self.user_claim).and_then(integer).filter(|id| *id > 0);
        let expires_at = claims.get("exp").and_then(seconds);
        match (user, expires_at) {
            (Some(user), Some(expires_at)) => Ok(Token { user: UserId(user), expires_at }),
            _ => Err(format!("the claim {} or exp is not a number", self.user_claim)),
        }
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        validation
    }
}

/// A user id is a number; `sub` must be a string (RFC 7519 §4.1.2), so one in text counts as well.
fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// A NumericDate may have a fraction (RFC 7519 §2).
fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::*;

    const KEY: &[u8] = b"a secret of the tests, long enough for HS256";

    fn rules() -> Rules {
        Rules { issuer: "app".into(), audience: "social".into(), user_claim: "sub".into() }
    }

    fn check(change: Value) -> Result<Token, String> {
        let mut claims = json!({ "iss": "app", "aud": "social", "sub": "7", "exp": 4_000_000_000_i64 });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let token = encode(&Header::default(), &claims, &EncodingKey::from_secret(KEY)).unwrap();
        rules().check(&token, Algorithm::HS256, &DecodingKey::from_secret(KEY))
    }

    #[test]
    fn a_valid_token_names_its_user_and_its_end() {
        let token = Token { user: UserId(7), expires_at: 4_000_000_000 };
        for same in [json!({}), json!({ "sub": 7 }), json!({ "aud": ["x", "social"] }), json!({ "exp": 4e9 })] {
            assert_eq!(check(same).as_ref(), Ok(&token));
        }
    }

    #[test]
    fn a_token_with_any_claim_wrong_is_refused() {
        for wrong in [
            json!({ "iss": "other" }),
            json!({ "aud": "other" }),
            json!({ "aud": null }),
            json!({ "exp": 1 }),
            json!({ "exp": null }),
            json!({ "nbf": 3_999_999_999_i64 }),
            json!({ "sub": "seven" }),
            json!({ "sub": 0 }),
            json!({ "sub": null }),
            json!({ "sub": 7.5 }),
        ] {
            assert!(check(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_key_decides_the_algorithm() {
        let claims = json!({ "iss": "app", "aud": "social", "sub": "7", "exp": 4_000_000_000_i64 });
        let token = encode(&Header::new(Algorithm::HS384), &claims, &EncodingKey::from_secret(KEY)).unwrap();
        assert!(rules().check(&token, Algorithm::HS256, &DecodingKey::from_secret(KEY)).is_err());
    }
}
