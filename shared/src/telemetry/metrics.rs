//! Metrics in CloudWatch's embedded metric format: a metric is a log line, so sending one costs no call.

use std::{io, sync::OnceLock, time::Duration};

use metrique::{
    emf::Emf,
    unit::{Count, Millisecond, Percent, Second},
    unit_of_work::metrics,
    writer::{BoxEntrySink, FormatExt, sink::FlushImmediately},
};

use crate::config::{ConfigError, Vars};

static SINK: OnceLock<BoxEntrySink> = OnceLock::new();

/// `METRICS_NAMESPACE`: the CloudWatch namespace, by default the stack's name.
pub(super) fn init(vars: &impl Vars) -> Result<(), ConfigError> {
    let namespace: String = vars.required("METRICS_NAMESPACE")?;
    let stream = Emf::builder(namespace, vec![vec![]]).build().output_to_makewriter(io::stdout);
    SINK.get_or_init(|| FlushImmediately::new_boxed(stream));
    Ok(())
}

/// A request was refused by our own limiter.
#[metrics(emf::dimension_sets = [["endpoint"]])]
#[derive(Debug)]
struct RateLimitHit {
    endpoint: &'static str,
    #[metrics(unit = Count)]
    rate_limit_hits: u64,
}

/// A request went through unlimited because Redis was away, slow or full.
#[metrics(emf::dimension_sets = [["endpoint"]])]
#[derive(Debug)]
struct LimiterUnavailable {
    endpoint: &'static str,
    #[metrics(unit = Count)]
    rate_limiter_unavailable: u64,
}

/// How long a webhook took from its receipt to its rows.
#[metrics(emf::dimension_sets = [["provider"]])]
#[derive(Debug)]
struct WebhookProcessed {
    provider: &'static str,
    #[metrics(unit = Millisecond)]
    webhook_processing_latency: Duration,
}

/// A login came back from its consent page. The average is the rate.
#[metrics(emf::dimension_sets = [["provider"]])]
#[derive(Debug)]
struct LoginFinished {
    provider: &'static str,
    #[metrics(unit = Percent)]
    oauth_flow_success_rate: u64,
}

/// It's known how a post ended. The average is the rate.
#[metrics(emf::dimension_sets = [["provider"]])]
#[derive(Debug)]
struct UploadEnded {
    provider: &'static str,
    #[metrics(unit = Percent)]
    upload_success_rate: u64,
}

/// An upload that was given up for another one is out after all.
#[metrics(emf::dimension_sets = [["provider"]])]
#[derive(Debug)]
struct PostedTwice {
    provider: &'static str,
    #[metrics(unit = Count)]
    double_posts: u64,
}

/// Nobody says whether a post is out.
#[metrics(emf::dimension_sets = [["provider"]])]
#[derive(Debug)]
struct OutcomeUnknown {
    provider: &'static str,
    #[metrics(unit = Count)]
    unknown_outcomes: u64,
}

/// An account was disconnected. The average is how often the platform confirmed at once.
#[metrics(emf::dimension_sets = [["provider"]])]
#[derive(Debug)]
struct AccountDisconnected {
    provider: &'static str,
    #[metrics(unit = Percent)]
    revocation_success_rate: u64,
}

/// A platform was not told of a disconnection within 72 hours.
#[metrics(emf::dimension_sets = [["provider"]])]
#[derive(Debug)]
struct RevocationExpired {
    provider: &'static str,
    #[metrics(unit = Count)]
    revocations_expired: u64,
}

/// An account's tokens could not be renewed.
#[metrics(emf::dimension_sets = [["provider"]])]
#[derive(Debug)]
struct TokenRefreshFailed {
    provider: &'static str,
    #[metrics(unit = Count)]
    token_refresh_failures: u64,
}

/// How long the active account that ends first has still to live.
#[metrics(emf::dimension_sets = [["provider"]])]
#[derive(Debug)]
struct TokenExpiryHorizon {
    provider: &'static str,
    #[metrics(unit = Second)]
    token_expiry_horizon: Duration,
}

/// No database connection was free in time.
#[metrics]
#[derive(Debug)]
struct PoolExhausted {
    #[metrics(unit = Count)]
    database_pool_exhausted: u64,
}

macro_rules! emit {
    ($record:expr) => {
        if let Some(sink) = SINK.get() {
            drop($record.append_on_drop(sink.clone()));
        }
    };
}

/// Counts a refusal of our limiter.
pub fn rate_limit_hit(endpoint: &'static str) {
    emit!(RateLimitHit { endpoint, rate_limit_hits: 1 });
}

/// Counts a request that no limiter looked at.
pub fn limiter_unavailable(endpoint: &'static str) {
    emit!(LimiterUnavailable { endpoint, rate_limiter_unavailable: 1 });
}

/// Records a webhook's way from receipt to rows.
pub fn webhook_processed(provider: &'static str, latency: Duration) {
    emit!(WebhookProcessed { provider, webhook_processing_latency: latency });
}

/// Records how a login ended.
pub fn login_finished(provider: &'static str, connected: bool) {
    emit!(LoginFinished { provider, oauth_flow_success_rate: if connected { 100 } else { 0 } });
}

/// Records how a post ended.
pub fn upload_ended(provider: &'static str, published: bool) {
    emit!(UploadEnded { provider, upload_success_rate: if published { 100 } else { 0 } });
}

/// Counts a post of which nobody says whether it's out.
pub fn outcome_unknown(provider: &'static str) {
    emit!(OutcomeUnknown { provider, unknown_outcomes: 1 });
}

/// Counts a post that may be there twice.
pub fn posted_twice(provider: &'static str) {
    emit!(PostedTwice { provider, double_posts: 1 });
}

/// Records a disconnection, and whether the platform confirmed at once.
pub fn account_disconnected(provider: &'static str, confirmed: bool) {
    emit!(AccountDisconnected { provider, revocation_success_rate: if confirmed { 100 } else { 0 } });
}

/// Counts a revocation that the platform never heard of.
pub fn revocation_expired(provider: &'static str) {
    emit!(RevocationExpired { provider, revocations_expired: 1 });
}

/// Counts an account whose tokens could not be renewed.
pub fn token_refresh_failed(provider: &'static str) {
    emit!(TokenRefreshFailed { provider, token_refresh_failures: 1 });
}

/// Records how long the account that ends first has still to live.
pub fn token_expiry_horizon(provider: &'static str, horizon: Duration) {
    emit!(TokenExpiryHorizon { provider, token_expiry_horizon: horizon });
}

/// Counts a wait for a database connection that was given up.
pub fn pool_exhausted() {
    emit!(PoolExhausted { database_pool_exhausted: 1 });
}
