//! Delivering a webhook to the application's callback.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use reqwest::{Client, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

/// How long an application may take to answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How often, and at first after how long, what the platform reports by itself is delivered again. Real platforms go on
/// for days.
const ATTEMPTS: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// What the application answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// The status; the platforms count only 200 as received.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// How an event is delivered: redeliveries are normal, late and at once.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Manner {
    /// How often, although the first one was answered.
    pub(crate) deliveries: usize,
    /// All at the same moment instead of one after the other.
    pub(crate) at_once: bool,
    /// As if it had been signed so many seconds ago.
    pub(crate) seconds_late: i64,
}

impl Default for Manner {
    fn default() -> Self {
        Self { deliveries: 1, at_once: false, seconds_late: 0 }
    }
}

impl Manner {
    /// Makes the deliveries and returns the answers to them.
    pub(crate) async fn carry_out<F>(self, deliver: impl Fn() -> F) -> Result<Vec<Delivered>, DeliveryError>
    where
        F: Future<Output = Result<Delivered, DeliveryError>> + Send + 'static,
    {
        let mut running = VecDeque::new();
        let mut answers = Vec::new();
        for _ in 0..self.deliveries {
            running.push_back(tokio::spawn(deliver()));
            if !self.at_once {
                answers.extend(finished(&mut running).await?);
            }
        }
        while !running.is_empty() {
            answers.extend(finished(&mut running).await?);
        }
        Ok(answers)
    }
}

/// Delivers until the application says 200, with growing pauses; not at all where there is no callback.
pub(crate) async fn insist<F>(deliver: impl Fn() -> F)
where
    F: Future<Output = Result<Delivered, DeliveryError>>,
{
    for attempt in 0..ATTEMPTS {
        match deliver().await {
            Ok(Delivered { status: 200, .. }) | Err(DeliveryError::NoCallback) => return,
            Ok(_) | Err(_) => tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(attempt)).await,
        }
    }
}

/// What became of deliveries that a test ordered. Nobody is told where there is no callback.
pub(crate) fn reported(result: Result<Vec<Delivered>, DeliveryError>) -> Response {
    match result {
        Ok(answers) => Json(answers).into_response(),
        Err(DeliveryError::NoCallback) => Json::<[Delivered; 0]>([]).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

async fn finished(
    running: &mut VecDeque<JoinHandle<Result<Delivered, DeliveryError>>>,
) -> Result<Option<Delivered>, DeliveryError> {
    let Some(delivery) = running.pop_front() else { return Ok(None) };
    delivery.await.map_err(|_| DeliveryError::Ending)?.map(Some)
}

/// The application can't be reached.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// Nobody has said where.
    #[error("no callback is registered")]
    NoCallback,
    /// The simulator itself is ending.
    #[error("the simulator is ending")]
    Ending,
    /// It didn't answer.
    #[error("the callback does not answer")]
    Unreachable(#[from] reqwest::Error),
}

/// A client that follows no redirects, as the platforms don't.
pub(crate) fn client() -> Result<Client, Box<dyn std::error::Error + Send + Sync>> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Client::builder().tls_backend_preconfigured(tls).redirect(Policy::none()).timeout(TIMEOUT).build()?)
}

/// Sends webhooks.
#[derive(Debug, Clone)]
pub(crate) struct Courier(Client);

impl Courier {
    pub(crate) fn new() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(client()?))
    }

    /// Posts `body` with its signature.
    pub(crate) async fn post(
        &self,
        callback: &str,
        signature: (&str, String),
        body: String,
    ) -> Result<Delivered, DeliveryError> {
        let (header, value) = signature;
        let request = self.0.post(callback).header("content-type", "application/json").header(header, value).body(body);
        let answer = request.send().await?;
        Ok(Delivered { status: answer.status().as_u16(), body: answer.text().await? })
    }

    /// Posts a form.
    pub(crate) async fn form(&self, callback: &str, form: &[(&str, &str)]) -> Result<Delivered, DeliveryError> {
        let answer = self.0.post(callback).form(form).send().await?;
        Ok(Delivered { status: answer.status().as_u16(), body: answer.text().await? })
    }

    /// Asks `callback` with a query, as a handshake does.
    pub(crate) async fn get(&self, callback: &str, query: &[(&str, &str)]) -> Result<Delivered, DeliveryError> {
        let url = reqwest::Url::parse_with_params(callback, query).map_err(|_| DeliveryError::NoCallback)?;
        let answer = self.0.get(url).send().await?;
        Ok(Delivered { status: answer.status().as_u16(), body: answer.text().await? })
    }
}
