//! The AWS clients' common ground: one HTTP client with the roots that AWS itself uses.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider, timeout::TimeoutConfig,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::HttpClient;

use super::{ConfigError, Vars};

/// The roots of Amazon Trust Services, which sign every AWS endpoint and RDS Proxy (amazontrust.com/repository, valid
/// until 2038 and 2040). Loading a system's 145 roots instead costs each cold start 4 ms. New roots are announced years
/// ahead there; an update replaces this file.
pub const AMAZON_ROOTS: &str = include_str!("amazon-roots.pem");

/// What every AWS client is made from: `AWS_REGION` and credentials as Lambda sets them in the environment, the endpoint
/// as the SDK defines it, times that leave the function some of its own, and one HTTP client for all of them. The SDK's long chain of other places to
/// look for credentials isn't linked.
///
/// Nothing is connected yet.
///
/// # Errors
/// `AWS_REGION` is missing.
pub async fn load(vars: &impl Vars) -> Result<SdkConfig, ConfigError> {
    let region: String = vars.required("AWS_REGION")?;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(4))
        .build();
    let loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .http_client(http_client())
        .timeout_config(timeouts);
    Ok(loader.load().await)
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

    #[test]
    fn the_embedded_roots_are_readable() {
        let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
        assert!(TlsContext::builder().with_trust_store(roots).build().is_ok());
        let _made = http_client();
    }
}
