//! Requests a minute, by user and by address, counted in Redis for all sandboxes together.

use std::{net::IpAddr, time::Duration};

use redis::Script;

use super::redis::{Cache, CacheError};
use crate::{
    config::{ConfigError, Vars},
    domain::UserId,
};

const PERIOD: Duration = Duration::from_secs(60);

/// Lets so many requests a minute through for each user, and so many for each address, on one endpoint.
#[derive(Debug)]
pub struct Limiter {
    cache: Cache,
    script: Script,
    per_user: u32,
    per_ip: u32,
}

/// Whom a request counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The user of the token.
    User(UserId),
    /// The address that the request came from.
    Ip(IpAddr),
}

/// The answer for the limit with the least left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the request may pass.
    pub allowed: bool,
    /// Requests a minute.
    pub limit: u32,
    /// Requests left right now.
    pub remaining: u32,
    /// Until the limit is wholly unused again.
    pub reset: Duration,
    /// Until the next request can pass; zero when this one did.
    pub retry_after: Duration,
}

impl Limiter {
    /// `LIMIT_PER_USER` and `LIMIT_PER_IP`: requests a minute. `REDIS_URL`: see [`Cache::load`].
    ///
    /// # Errors
    /// One of them is missing or malformed.
    pub fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        Ok(Self {
            cache: Cache::load(vars)?,
            script: Script::new(include_str!("limiter.lua")),
            per_user: positive(vars, "LIMIT_PER_USER")?,
            per_ip: positive(vars, "LIMIT_PER_IP")?,
        })
    }

    /// Counts one request against all `limits` of `endpoint`, in one round trip.
    ///
    /// # Errors
    /// Redis is away, slow or full: nothing was counted, and the request should pass.
    pub async fn check(&self, endpoint: &str, limits: &[Limit]) -> Result<Option<Verdict>, CacheError> {
        if limits.is_empty() {
            return Ok(None);
        }
        let mut invocation = self.script.prepare_invoke();
        for limit in limits {
            invocation.key(key(endpoint, *limit)).arg(self.requests(*limit)).arg(PERIOD.as_millis() as u64);
        }
        let answer = self.cache.run(async |connection| invocation.invoke_async(connection).await).await?;
        Ok(Some(self.verdict(limits, answer)))
    }

    fn verdict(&self, limits: &[Limit], answer: (u8, usize, u32, u64, u64)) -> Verdict {
        let (allowed, number, remaining, reset, wait) = answer;
        let tightest = limits.get(number.wrapping_sub(1)).or(limits.first());
        Verdict {
            allowed: allowed == 1,
            limit: tightest.map_or(0, |limit| self.requests(*limit)),
            remaining,
            reset: Duration::from_millis(reset),
            retry_after: Duration::from_millis(wait),
        }
    }

    fn requests(&self, limit: Limit) -> u32 {
        match limit {
            Limit::User(_) => self.per_user,
            Limit::Ip(_) => self.per_ip,
        }
    }
}

fn positive(vars: &impl Vars, name: &'static str) -> Result<u32, ConfigError> {
    vars.required(name).and_then(|limit: u32| if limit > 0 { Ok(limit) } else { Err(ConfigError::Malformed(name)) })
}

fn key(endpoint: &str, limit: Limit) -> String {
    match limit {
        Limit::User(user) => format!("limit:{endpoint}:user:{user}"),
        Limit::Ip(ip) => format!("limit:{endpoint}:ip:{}", network(ip)),
    }
}

/// One person has a whole /64 of IPv6 addresses to hide in, so those count together.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::from((u128::from(v6) >> 64 << 64).to_be_bytes()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_ipv6_network_share_a_key() {
        let key = |ip: &str| key("health", Limit::Ip(ip.parse().unwrap()));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
