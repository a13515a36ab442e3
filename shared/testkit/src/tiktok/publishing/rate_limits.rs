//! How often a token may call: so many times within any minute, call by call.

use std::collections::HashMap;

use super::{CREATOR_INFO, VIDEO_INIT};

const WINDOW_S: i64 = 60;

/// When each token called each path lately.
#[derive(Debug, Default)]
pub(in crate::tiktok) struct RateLimits(HashMap<(String, &'static str), Vec<i64>>);

impl RateLimits {
    /// Whether one more call is allowed. One that isn't doesn't count.
    pub(super) fn allow(&mut self, token: &str, path: &'static str, now: i64) -> bool {
        let calls = self.0.entry((token.to_owned(), path)).or_default();
        calls.retain(|at| *at > now - WINDOW_S);
        let allowed = calls.len() < per_minute(path);
        if allowed {
            calls.push(now);
        }
        allowed
    }
}

fn per_minute(path: &str) -> usize {
    match path {
        CREATOR_INFO => 20,
        VIDEO_INIT => 6,
        _ => 30,
    }
}
