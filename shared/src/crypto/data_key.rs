//! A data key in the clear.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, LessSafeKey, UnboundKey},
    error::Unspecified,
};
use zeroize::Zeroizing;

/// How many bytes the key has.
const LENGTH: usize = 32;

/// A data key in the clear, wiped when dropped.
pub(super) struct DataKey(Zeroizing<Vec<u8>>);

impl DataKey {
    /// The key with these bytes, if their number is right.
    pub(super) fn new(bytes: Vec<u8>) -> Option<Self> {
        let bytes = Zeroizing::new(bytes);
        (bytes.len() == LENGTH).then_some(Self(bytes))
    }

    /// The cipher under this key, made for one use: its key schedule is wiped when it's freed.
    pub(super) fn cipher(&self) -> Result<LessSafeKey, Unspecified> {
        UnboundKey::new(&AES_256_GCM, &self.0).map(LessSafeKey::new)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_key_has_its_length_and_is_not_in_its_debug_output() {
        assert!(DataKey::new(vec![7; LENGTH - 1]).is_none());
        assert!(DataKey::new(vec![7; LENGTH + 1]).is_none());
        assert_eq!(format!("{:?}", DataKey::new(vec![7; LENGTH]).unwrap()), "DataKey([redacted])");
    }
}
