//! The app's published keys (RFC 7517), fetched when first needed and kept for minutes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jsonwebtoken::{
    Algorithm, DecodingKey, Header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet},
};
use reqwest::{Client, Url, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use shared::config::ConfigError;
use tokio::sync::Mutex;

/// How long fetched keys are used without looking again.
const MAX_AGE: Duration = Duration::from_secs(600);
/// The least time between two fetches, so that tokens with invented key ids can't make us ask more often.
const MIN_AGE: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(3);
/// Far more than any published set of keys.
const MAX_BYTES: usize = 256 * 1024;

/// Keys behind a URL.
#[derive(Debug)]
pub(crate) struct Jwks {
    client: Client,
    url: Url,
    fetched: Mutex<Option<Fetched>>,
}

#[derive(Debug, Clone)]
struct Fetched {
    keys: Arc<JwkSet>,
    at: Instant,
}

/// The published keys can't be had.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// The address doesn't answer with success.
    #[error("the published keys can't be fetched")]
    Fetch(#[from] reqwest::Error),
    /// It answers with something else.
    #[error("what is published is no set of keys")]
    Malformed(#[from] serde_json::Error),
    /// It answers with too much.
    #[error("what is published has more than {MAX_BYTES} bytes")]
    TooLarge,
}

impl Jwks {
    /// Keys at `url`: https, or http on this machine.
    pub(crate) fn new(url: Url) -> Result<Self, ConfigError> {
        let local = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        if url.scheme() != "https" && !(url.scheme() == "http" && local) {
            return Err(ConfigError::Malformed("JWT_JWKS_URL"));
        }
        let client = client().map_err(|_| ConfigError::Malformed("JWT_JWKS_URL"))?;
        Ok(Self { client, url, fetched: Mutex::new(None) })
    }

    /// The key that the header names, with the one algorithm that it's for. A key that isn't known yet is looked up
    /// anew: the app may have just rotated.
    pub(crate) async fn find(&self, header: &Header) -> Result<Option<(Algorithm, DecodingKey)>, JwksError> {
        let known = usable(&*self.newer_than(MAX_AGE).await?, header);
        if known.is_some() { Ok(known) } else { Ok(usable(&*self.newer_than(MIN_AGE).await?, header)) }
    }

    async fn newer_than(&self, age: Duration) -> Result<Arc<JwkSet>, JwksError> {
        let mut fetched = self.fetched.lock().await;
        if let Some(fetched) = fetched.as_ref().filter(|fetched| fetched.at.elapsed() < age) {
            return Ok(Arc::clone(&fetched.keys));
        }
        let keys = match (self.fetch().await, fetched.as_ref()) {
            (Ok(keys), _) => Arc::new(keys),
            (Err(error), None) => return Err(error),
            (Err(error), Some(old)) => {
                tracing::warn!(cause = ?error, "the published keys can't be fetched, the old ones serve on");
                Arc::clone(&old.keys)
            }
        };
        *fetched = Some(Fetched { keys: Arc::clone(&keys), at: Instant::now() });
        Ok(keys)
    }

    async fn fetch(&self) -> Result<JwkSet, JwksError> {
        let mut answer = self.client.get(self.url.clone()).send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(JwksError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

fn client() -> Result<Client, Box<dyn std::error::Error>> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .timeout(TIMEOUT)
        .connect_timeout(TIMEOUT)
        .build()?)
}

/// A token without a key id fits only where there is a single key.
fn usable(keys: &JwkSet, header: &Header) -> Option<(Algorithm, DecodingKey)> {
    let key = match (&header.kid, keys.keys.as_slice()) {
        (Some(kid), _) => keys.find(kid)?,
        (None, [only]) => only,
        (None, _) => return None,
    };
    let algorithm = algorithm(key).filter(|algorithm| *algorithm == header.alg)?;
    Some((algorithm, DecodingKey::from_jwk(key).ok()?))
}

/// The algorithm follows from the kind of key. A symmetric key has no business in a public set.
fn algorithm(key: &Jwk) -> Option<Algorithm> {
    match &key.algorithm {
        AlgorithmParameters::RSA(_) => Some(Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Some(Algorithm::ES256),
        AlgorithmParameters::OctetKeyPair(_) => Some(Algorithm::EdDSA),
        _ => None,
    }
}
