//! Clients of TikTok and Instagram: their HTTP, JSON, signatures and codes, and nothing of our database.
//!
//! The two platforms are parallel folders with parallel file names. Where they are alike but not the same they stay
//! apart; what joins them is an exhaustive `match` on the platform in the services above this package.

pub mod error;
pub mod instagram;
pub mod secret;
pub mod tiktok;
pub mod transport;
pub mod verdict;

mod event_id;
mod lenient;
mod signature;

/// A name for a delivery that can't be read as events: hexadecimal SHA-256 of its bytes.
pub fn body_id(body: &[u8]) -> String {
    event_id::of_bytes(body)
}
