//! TikTok's webhook signature: `TikTok-Signature: t=<unix seconds>,s=<hex HMAC-SHA256 of "t.body">`.
//!
//! developers.tiktok.com, Webhooks: verification.

use std::time::Duration;

use time::OffsetDateTime;

use crate::{secret::ClientSecret, signature::verify_hex};

/// How old `t` may be. TikTok redelivers for 72 hours and doesn't say whether `t` is renewed; a late delivery is
/// harmless, since its events are recognised.
pub const MAX_AGE: Duration = Duration::from_secs(73 * 3600);
/// How far `t` may lie ahead of our clock.
pub const MAX_LEAD: Duration = Duration::from_secs(5 * 60);

/// The header's two parts, still as text: what is signed is the `t` exactly as it was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureHeader<'a> {
    t: &'a str,
    timestamp: i64,
    s: &'a str,
}

impl<'a> SignatureHeader<'a> {
    /// Reads the header; `None` when `t` or `s` is missing, repeated or `t` isn't a number. Unknown keys are ignored.
    pub fn parse(header: &'a str) -> Option<Self> {
        let (mut t, mut s) = (None, None);
        for (key, value) in header.split(',').filter_map(|part| part.split_once('=')) {
            let slot = match key.trim() {
                "t" => &mut t,
                "s" => &mut s,
                _ => continue,
            };
            if slot.replace(value.trim()).is_some() {
                return None;
            }
        }
        let t = t.filter(|t| t.bytes().all(|byte| byte.is_ascii_digit()))?;
        Some(Self { t, timestamp: t.parse().ok()?, s: s? })
    }

    /// Whether `secret` signed this `t` and `body`; constant time.
    pub fn verifies(&self, secret: &ClientSecret, body: &[u8]) -> bool {
        verify_hex(secret.expose(), &[self.t.as_bytes(), b".", body], self.s)
    }

    /// Whether `t` lies within [`MAX_AGE`] and [`MAX_LEAD`] of `now`.
    pub fn is_timely(&self, now: OffsetDateTime) -> bool {
        let age = now.unix_timestamp().saturating_sub(self.timestamp);
        (-(MAX_LEAD.as_secs() as i64)..=MAX_AGE.as_secs() as i64).contains(&age)
    }
}

#[cfg(test)]
mod tests;
