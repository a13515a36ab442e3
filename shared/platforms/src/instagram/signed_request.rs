//! `signed_request`: how Meta tells that a person removed the app, or wants what we know of them deleted.
//!
//! developers.facebook.com, Facebook Login: parsing the signed request; data deletion callback. It is
//! `base64url(signature).base64url(payload)`, signed over the payload as it is encoded.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{lenient, secret::AppSecret, signature::sign};

/// The one field of the callbacks' form.
const FIELD: &str = "signed_request";
/// Far more than Meta sends.
const MAX_BYTES: usize = 4 * 1024;
const ALGORITHM: &str = "HMAC-SHA256";

/// Meta leaves the padding out; who adds it says the same.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whom a callback is about.
#[derive(Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// The person, for the app that signed. Several connected accounts may be theirs.
    pub user_id: String,
    /// When it was signed. Meta may repeat it much later, so an old one is good too.
    pub issued_at: Option<OffsetDateTime>,
}

/// Nothing that Meta signed for this app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignedRequestError {
    /// More than anybody should send.
    #[error("a signed request of more than {MAX_BYTES} bytes")]
    TooLarge,
    /// Not two parts in base64url.
    #[error("not a signed request")]
    Malformed,
    /// Somebody else's signature, or another app's.
    #[error("the signature does not verify")]
    NotVerified,
    /// Signed in another way.
    #[error("signed by another algorithm than {ALGORITHM}")]
    OtherAlgorithm,
    /// Signed, but it names nobody.
    #[error("the signed request names nobody")]
    NoUser,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default, deserialize_with = "lenient::text")]
    user_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    algorithm: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    issued_at: Option<String>,
}

/// The signed request in a callback's form.
pub fn in_form(body: &[u8]) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(body);
    fields.find(|(name, _)| name == FIELD).map(|(_, value)| value.into_owned())
}

impl SignedRequest {
    /// Reads what `secret` signed; compares in constant time, and reads nothing before. Each app signs with a secret of
    /// its own, so the one that verifies also tells which login the person is known by.
    ///
    /// # Errors
    /// See [`SignedRequestError`].
    pub fn verify(text: &str, secret: &AppSecret) -> Result<Self, SignedRequestError> {
        if text.len() > MAX_BYTES {
            return Err(SignedRequestError::TooLarge);
        }
        let (signature, payload) = text.split_once('.').ok_or(SignedRequestError::Malformed)?;
        if !verifies(&decode(signature)?, payload, secret) {
            return Err(SignedRequestError::NotVerified);
        }
        read(&decode(payload)?)
    }
}

fn decode(part: &str) -> Result<Vec<u8>, SignedRequestError> {
    BASE64URL.decode(part).map_err(|_| SignedRequestError::Malformed)
}

/// An empty key never verifies anything: it would turn a missing configuration into an open door.
fn verifies(signature: &[u8], payload: &str, secret: &AppSecret) -> bool {
    let expected = sign(secret.expose(), &[payload.as_bytes()]);
    !secret.expose().is_empty() && verify_slices_are_equal(expected.as_ref(), signature).is_ok()
}

fn read(json: &[u8]) -> Result<SignedRequest, SignedRequestError> {
    let payload: Payload = lenient::object(json).map_err(|_| SignedRequestError::Malformed)?;
    if !payload.algorithm.is_some_and(|name| name.eq_ignore_ascii_case(ALGORITHM)) {
        return Err(SignedRequestError::OtherAlgorithm);
    }
    let user_id = payload.user_id.filter(|id| !id.is_empty()).ok_or(SignedRequestError::NoUser)?;
    let seconds = payload.issued_at.and_then(|seconds| seconds.parse().ok());
    Ok(SignedRequest { user_id, issued_at: seconds.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok()) })
}

#[cfg(test)]
mod tests;
