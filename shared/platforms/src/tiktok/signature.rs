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
mod tests {
    use super::*;

    const A: &str = r#"{"client_key":"awtestclientkey01","event":"post.publish.complete","create_time":1793462400,"user_openid":"-000TestOpenIdAAAAAAAAAAAAAAAAAAAAAA","content":"{\"publish_id\":\"v_pub_file~v2-1.7600000000000000001\",\"publish_type\":\"DIRECT_PUBLISH\"}"}"#;
    const A_HEADER: &str = "t=1793462401,s=86c90ac00cdd4888fb04356c86f76b513a8b888404b26756549a2458bd18acee";

    fn secret() -> ClientSecret {
        ClientSecret::from("tt_test_client_secret_0123456789".to_owned())
    }

    fn verifies(header: &str, body: &[u8]) -> bool {
        SignatureHeader::parse(header).is_some_and(|header| header.verifies(&secret(), body))
    }

    #[test]
    fn a_worked_example_verifies() {
        assert!(verifies(A_HEADER, A.as_bytes()));
        assert!(verifies("t=0,s=e43e0323539f80cc928abc0d1b8eaadc098f1437722df9f3ec9f4903f175c15c", b""));
    }

    #[test]
    fn another_timestamp_text_or_separator_does_not() {
        assert!(!verifies(&A_HEADER.replace("462401", "462402"), A.as_bytes()));
        assert!(!verifies(A_HEADER, A.replace("\":", "\": ").as_bytes()));
        let unseparated = "t=1793462401,s=9c659ca117941525bc3a8a1db34c3a44ff1284e1227f10047d06c2ba7d9022fd";
        assert!(!verifies(unseparated, A.as_bytes()));
    }

    #[test]
    fn unknown_keys_and_spaces_are_tolerated() {
        assert!(verifies(&format!("v=2, {}", A_HEADER.replace(',', " , ")), A.as_bytes()));
    }

    #[test]
    fn a_malformed_header_is_refused() {
        let t_only = "t=1793462401";
        for header in
            ["", t_only, "s=86c9", "t=,s=0", "t=-1,s=0", "t=1e9,s=0", "t=99999999999999999999,s=0", "t=1,t=1,s=0"]
        {
            assert_eq!(SignatureHeader::parse(header), None, "{header}");
        }
    }

    #[test]
    fn timestamps_are_accepted_from_73_hours_ago_to_5_minutes_ahead() {
        let header = SignatureHeader::parse("t=1793462401,s=0").unwrap();
        let now = |offset: i64| OffsetDateTime::from_unix_timestamp(1_793_462_401 + offset).unwrap();
        for (offset, timely) in [(-301, false), (-300, true), (73 * 3600, true), (73 * 3600 + 1, false)] {
            assert_eq!(header.is_timely(now(offset)), timely, "{offset}");
        }
    }
}
