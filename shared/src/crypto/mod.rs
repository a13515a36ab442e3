//! The token vault: tokens lie in the tables sealed, and open only in the place that they were sealed for.
//!
//! **Envelope encryption.** KMS makes a data key and gives it twice: in the clear, and wrapped under the key that never
//! leaves KMS. The clear one seals tokens here (AES-256-GCM), the wrapped one is stored with each of them. Whoever has
//! the tables alone has nothing; whoever opens one needs KMS, which can refuse and keeps a record.
//!
//! **Reuse.** One data key seals for at most five minutes or 1,000 tokens of a process ([`Vault`]), so what one run
//! sealed together, the next opens with one call to KMS. Nonces are random: that needs no state which a crash, or a
//! sandbox that is frozen and thawed, could set back. Among 1,000 random 96-bit nonces two are alike with a chance of
//! 2⁻⁷⁷; NIST's own bound for GCM (SP 800-38D, 8.3) is 2³² uses of a key.
//!
//! **The place is the associated data** ([`Place`]). A token moved to another row, column or person fails to open
//! instead of acting for someone else. A row's number is no part of it: a reconnect may make the row anew. Every part
//! carries its length, so that no two places are written alike. The envelope's own head (version, key id, wrapped key)
//! is authenticated too: a token can't be made to look as if it lay under another key.
//!
//! **KMS's encryption context is fixed**, since one data key serves many places. It tells this use of the key from
//! others in policies and in CloudTrail, where it is readable: no person's id belongs there.
//!
//! **Rotation.** The envelope names its key, so tokens under several keys open side by side until
//! [`rewrap`](crate::services::rewrap) has brought them under the current one. A first byte tells the format's version.
//!
//! Clear keys and tokens are wiped when dropped and never shown by `Debug`. What the SDK itself copied while it read an
//! answer is beyond our reach.

mod data_key;
mod envelope;
mod error;
mod fetched;
mod kms;
mod lease;
mod opened;
mod place;
mod sealed;
mod vault;

pub use error::VaultError;
pub use place::{Part, Place};
pub use sealed::Sealed;
pub use vault::Vault;
