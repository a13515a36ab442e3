//! The AWS clients' common ground: one HTTP client with the roots that AWS itself uses.

use std::{fs, time::Duration};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider, timeout::TimeoutConfig,
};
use aws_sdk_sqs::config::SharedCredentialsProvider;
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

/// What every AWS client is made from: region, credentials, endpoint and further roots as Lambda and the SDK name them in
/// the environment (`AWS_REGION`, `AWS_ACCESS_KEY_ID`, …, `AWS_ENDPOINT_URL`, `AWS_CA_BUNDLE`), times that leave a
/// function some of its own, and one HTTP client for all of them. Made by hand: the SDK's own loader links every place
/// that credentials may ever come from, a megabyte of them.
///
/// Nothing is connected yet.
///
/// # Errors
/// `AWS_REGION` is missing, or `AWS_CA_BUNDLE` can't be read.
pub fn load(vars: &impl Vars) -> Result<SdkConfig, ConfigError> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(4))
        .build();
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(vars.required::<String>("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(timeouts)
        .http_client(http_client(vars)?);
    config.set_endpoint_url(vars.optional("AWS_ENDPOINT_URL")?);
    Ok(config.build())
}

fn http_client(vars: &impl Vars) -> Result<impl HttpClient + 'static, ConfigError> {
    let mut roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    if let Some(bundle) = vars.optional::<String>("AWS_CA_BUNDLE")? {
        roots.add_pem_certificate(fs::read(bundle).map_err(|_| ConfigError::Malformed("AWS_CA_BUNDLE"))?);
    }
    let context = TlsContext::builder().with_trust_store(roots).build();
    let context = context.map_err(|_| ConfigError::Malformed("AWS_CA_BUNDLE"))?;
    Ok(Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(context).build_https())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Region;

    impl Vars for Region {
        fn get(&self, name: &str) -> Option<String> {
            (name == "AWS_REGION").then(|| "eu-central-1".to_owned())
        }
    }

    #[test]
    fn the_embedded_roots_are_readable() {
        assert!(load(&Region).is_ok_and(|config| config.http_client().is_some()));
    }
}
