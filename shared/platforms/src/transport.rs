//! HTTPS to the platforms: bounded in time and size, without redirects, and with nothing in its errors but what failed.
//!
//! Addresses carry tokens and secrets in their queries, as the platforms want it, so no error names one.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, RequestBuilder, Response, header::CONTENT_TYPE, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use serde::Serialize;
use url::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Far more than any answer that is read here.
const MAX_BYTES: usize = 1024 * 1024;
/// What TikTok's support asks for, and what Meta's does.
const LOG_ID_HEADERS: [&str; 2] = ["x-tt-logid", "x-fb-trace-id"];

/// A client for all platforms. Connects when first used.
#[derive(Debug, Clone)]
pub struct Transport(Client);

/// A platform can't be reached, or its answer didn't arrive.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The client can't be made.
    #[error("no TLS client")]
    Tls(#[from] rustls::Error),
    /// There was no connection, so nothing of the request has left.
    #[error("no connection")]
    NotSent(#[source] reqwest::Error),
    /// The request failed, perhaps after it was sent.
    #[error("no answer")]
    NoAnswer(#[source] reqwest::Error),
    /// More than anybody should send.
    #[error("the answer has more than {MAX_BYTES} bytes")]
    TooLarge,
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_connect() || error.is_builder() {
            Self::NotSent(error.without_url())
        } else {
            Self::NoAnswer(error.without_url())
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) log_id: Option<String>,
}

impl Transport {
    /// How long a platform may take to answer. The slowest calls, exchanges of codes, take about a second.
    pub const TIMEOUT: Duration = Duration::from_secs(10);

    /// A client that trusts the roots of the web.
    ///
    /// # Errors
    /// The TLS library has no usable protocol.
    pub fn new() -> Result<Self, TransportError> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder().tls_backend_preconfigured(tls).redirect(Policy::none());
        Ok(Self(client.timeout(Self::TIMEOUT).connect_timeout(CONNECT_TIMEOUT).build()?))
    }

    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.0.get(url)
    }

    pub(crate) fn delete(&self, url: Url) -> RequestBuilder {
        self.0.delete(url)
    }

    pub(crate) fn post_form(&self, url: Url, form: &[(&str, &str)]) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.0.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)
    }

    pub(crate) fn post_json(&self, url: Url, json: &impl Serialize) -> RequestBuilder {
        self.0.post(url).header(CONTENT_TYPE, "application/json; charset=UTF-8").json(json)
    }

    pub(crate) fn put(&self, url: Url) -> RequestBuilder {
        self.0.put(url)
    }

    /// Sends a request that must not be sent twice.
    pub(crate) async fn once(&self, request: RequestBuilder) -> Result<Answer, TransportError> {
        read(self.send(request).await?).await
    }

    /// Sends a request, once, and leaves the answer's body to be read.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, TransportError> {
        Ok(request.send().await?)
    }

    /// Sends a request that only reads, and once more where the platform failed or couldn't be reached.
    pub(crate) async fn read(&self, request: RequestBuilder) -> Result<Answer, TransportError> {
        let Some(again) = request.try_clone() else { return self.once(request).await };
        match self.once(request).await {
            Ok(answer) if answer.status < 500 => Ok(answer),
            Ok(_) | Err(_) => self.once(again).await,
        }
    }
}

pub(crate) async fn read(mut answer: Response) -> Result<Answer, TransportError> {
    let status = answer.status().as_u16();
    let header = |name: &&str| answer.headers().get(*name)?.to_str().ok().map(str::to_owned);
    let log_id = LOG_ID_HEADERS.iter().find_map(header);
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(TransportError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body, log_id })
}
