//! A sealed token as text: base64 (standard, padded) of
//!
//! | bytes | |
//! |---|---|
//! | 1 | version, 1 |
//! | 2 + n | KMS's id of the key that wraps the data key, after its length (big-endian) |
//! | 2 + n | the wrapped data key, after its length |
//! | 12 | nonce |
//! | n + 16 | ciphertext and tag: AES-256-GCM under the data key |
//!
//! The associated data is everything before the nonce, then the [`Place`]. Both tell their own length, so together they
//! are unambiguous as well.

use aws_lc_rs::{
    aead::{Aad, MAX_TAG_LEN, NONCE_LEN, Nonce},
    error::Unspecified,
    rand,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use platforms::secret::Secret;
use zeroize::Zeroizing;

use super::{Place, VaultError, data_key::DataKey};

const VERSION: u8 = 1;
/// No platform's token comes near it.
const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// What KMS's API reference allows for `KeyId` and for `CiphertextBlob`.
const MAX_KEY_ID_BYTES: usize = 2048;
const MAX_WRAPPED_KEY_BYTES: usize = 6144;
const MAX_TEXT_BYTES: usize =
    (1 + 2 + MAX_KEY_ID_BYTES + 2 + MAX_WRAPPED_KEY_BYTES + NONCE_LEN + MAX_TOKEN_BYTES + MAX_TAG_LEN).div_ceil(3) * 4;

/// Which data key, and under which of KMS's keys it's wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    key_id: String,
    wrapped_key: Vec<u8>,
}

impl Header {
    /// A header of these parts, unless they can't be any.
    pub(super) fn new(key_id: String, wrapped_key: Vec<u8>) -> Option<Self> {
        let is_name = key_id.len() <= MAX_KEY_ID_BYTES && key_id.bytes().all(|byte| byte.is_ascii_graphic());
        let is_whole = !key_id.is_empty() && !wrapped_key.is_empty();
        (is_name && is_whole && wrapped_key.len() <= MAX_WRAPPED_KEY_BYTES).then_some(Self { key_id, wrapped_key })
    }

    /// KMS's id of the wrapping key.
    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The data key as only KMS can read it.
    pub(super) fn wrapped_key(&self) -> &[u8] {
        &self.wrapped_key
    }

    fn write(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        for part in [self.key_id.as_bytes(), &self.wrapped_key] {
            // Both are shorter than 64 KiB: see `new`.
            out.extend((part.len() as u16).to_be_bytes());
            out.extend(part);
        }
        out
    }

    fn associated_data(&self, place: &Place<'_>) -> Aad<Vec<u8>> {
        let mut out = self.write();
        place.write(&mut out);
        Aad::from(out)
    }
}

/// A sealed token that was read, and not yet opened.
#[derive(Debug)]
pub(super) struct Envelope {
    header: Header,
    nonce: [u8; NONCE_LEN],
    /// Ciphertext and tag.
    sealed: Vec<u8>,
}

impl Envelope {
    /// Reads what [`seal`] wrote, and nothing else.
    pub(super) fn parse(text: &str) -> Result<Self, VaultError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(VaultError::Malformed);
        }
        let bytes = STANDARD.decode(text).map_err(|_| VaultError::Malformed)?;
        Self::read(&bytes).ok_or(VaultError::Malformed)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (&VERSION, rest) = bytes.split_first()? else { return None };
        let (key_id, rest) = part(rest)?;
        let (wrapped_key, rest) = part(rest)?;
        let (nonce, sealed) = rest.split_first_chunk()?;
        let header = Header::new(str::from_utf8(key_id).ok()?.to_owned(), wrapped_key.to_vec())?;
        let is_token = (1..=MAX_TOKEN_BYTES).contains(&sealed.len().checked_sub(MAX_TAG_LEN)?);
        is_token.then(|| Self { header, nonce: *nonce, sealed: sealed.to_vec() })
    }

    /// Which key opens it.
    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Opens it with its data key, in the place that it was sealed for.
    pub(super) fn open<T: Secret>(self, key: &DataKey, place: &Place<'_>) -> Result<T, VaultError> {
        let foreign = |_: Unspecified| VaultError::Foreign;
        let associated_data = self.header.associated_data(place);
        let mut buffer = Zeroizing::new(self.sealed);
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let token = key.cipher().and_then(|cipher| cipher.open_in_place(nonce, associated_data, &mut buffer));
        let token = str::from_utf8(token.map_err(foreign)?).map_err(|_| VaultError::Malformed)?;
        Ok(token.to_owned().into())
    }
}

/// What follows a length of two bytes, and the rest.
fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
}

/// Seals a token for a place, under a data key that this header names.
pub(super) fn seal(token: &str, header: &Header, key: &DataKey, place: &Place<'_>) -> Result<String, VaultError> {
    check(token)?;
    let mut nonce = [0; NONCE_LEN];
    let sealed = rand::fill(&mut nonce).and_then(|()| seal_with(nonce, token, header, key, place));
    sealed.map_err(|Unspecified| VaultError::Unavailable("the cipher or its random numbers failed".to_owned()))
}

/// Whether this can be a token at all.
pub(super) fn check(token: &str) -> Result<(), VaultError> {
    match token.len() {
        _ if token.trim().is_empty() => Err(VaultError::Blank),
        length if length > MAX_TOKEN_BYTES => Err(VaultError::TooLarge),
        _ => Ok(()),
    }
}

fn seal_with(
    nonce: [u8; NONCE_LEN],
    token: &str,
    header: &Header,
    key: &DataKey,
    place: &Place<'_>,
) -> Result<String, Unspecified> {
    // As large as it will get: growing would leave a copy of the token behind.
    let mut buffer = Zeroizing::new(Vec::with_capacity(token.len() + MAX_TAG_LEN));
    buffer.extend(token.as_bytes());
    let associated_data = header.associated_data(place);
    key.cipher()?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), associated_data, &mut *buffer)?;
    Ok(STANDARD.encode([header.write().as_slice(), &nonce, &buffer].concat()))
}

#[cfg(test)]
mod tests;
