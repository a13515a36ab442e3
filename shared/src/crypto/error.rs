//! What can go wrong with the vault.

/// A token was not sealed, or doesn't open. Never holds a token or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// KMS can't be reached, or asks us to wait. Trying later helps.
    #[error("KMS can't be reached: {0}")]
    Unavailable(String),
    /// KMS may not do it for us: permissions, or a key that is disabled, gone or not ours, as one is
    /// whose id was changed in the row. An operator has to look.
    #[error("KMS refuses: {0}")]
    Refused(String),
    /// It was sealed for another place or elsewhere, or was changed since. It never opens here.
    #[error("what lies in the column was not sealed for this place")]
    Foreign,
    /// It isn't of the form that the vault writes.
    #[error("what lies in the column is no sealed token")]
    Malformed,
    /// A token of this size isn't one.
    #[error("the token is too large to be one")]
    TooLarge,
    /// A blank never takes the place of a token.
    #[error("the token is blank")]
    Blank,
}
