//! The AWS clients' common ground: one HTTP client with the roots that AWS itself uses.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::HttpClient;

/// The roots of Amazon Trust Services, which sign every AWS endpoint and RDS Proxy (amazontrust.com/repository, valid
/// until 2038 and 2040). Loading a system's 145 roots instead costs each cold start 4 ms. New roots are announced years
/// ahead there; an update replaces this file.
pub const AMAZON_ROOTS: &str = include_str!("amazon-roots.pem");

/// What every AWS client is made from: region, credentials and endpoint as the SDK defines them, bounded times, and one
/// HTTP client for all of them.
///
/// Nothing is connected yet.
pub async fn load() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(4))
        .operation_timeout(Duration::from_secs(9))
        .build();
    aws_config::defaults(BehaviorVersion::latest()).http_client(http_client()).timeout_config(timeouts).load().await
}

fn http_client() -> impl HttpClient + 'static {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        Err(error) => unreachable!("the embedded roots are valid, a test reads them: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_embedded_roots_are_readable() {
        assert!(load().await.http_client().is_some());
    }
}
