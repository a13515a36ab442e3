//! Token refresh: ten thousand TikTok accounts that are due at once, sealed by an earlier run, and a platform that takes
//! 100 ms for each.

mod accounts;
mod platform;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;

use self::platform::Platform;
use super::site::Site;

/// The function's name.
pub(super) const NAME: &str = "token-refresh";

/// How many accounts are due.
const ACCOUNTS: usize = 10_000;
/// What the function may take at most, as the template has it.
const LIMIT: Duration = Duration::from_secs(300);

/// What the round took.
#[derive(Debug)]
pub(super) struct Round {
    /// From the event to the answer.
    pub(super) took: Duration,
    /// On a CPU, start included.
    pub(super) cpu: Duration,
    /// The platform's calls.
    pub(super) platform_calls: usize,
    /// KMS's calls.
    pub(super) kms_calls: usize,
    /// The most memory, in bytes.
    pub(super) peak_rss: u64,
}

/// Lets one round renew them all.
pub(super) async fn measure(site: &Site) -> Result<Round> {
    let platform = Platform::start().await?;
    let function = site.function(NAME)?.with("TIKTOK_API_URL", platform.url());
    accounts::create(&site.description().database_url, &function, &site.aws.url, ACCOUNTS).await?;
    site.aws.take_key_calls();
    let mut sandbox = function.start()?.with_patience(LIMIT);
    sandbox.first_poll().await?;
    let started = Instant::now();
    let answer = sandbox.invoke(&json!({})).await?;
    let took = started.elapsed();
    ensure!(answer["renewed"] == ACCOUNTS, "not all were renewed: {answer}");
    let usage = sandbox.usage()?;
    Ok(Round {
        took,
        cpu: usage.cpu,
        platform_calls: platform.calls(),
        kms_calls: site.aws.take_key_calls(),
        peak_rss: usage.peak_rss,
    })
}
