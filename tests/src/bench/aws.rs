//! AWS for benchmarks: Secrets Manager, SQS, KMS and one file in S3, all of which answer at once, with the secrets of the
//! stack's emulator.
//!
//! What isn't measured here is left out: signatures are not checked and messages go nowhere. More services are more
//! arms in one `match`; TLS is another listener below the same routes.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use axum::{
    Json, Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
    serve::ListenerExt,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{publish::StoredFile, samples::Samples, wire::Connection};

/// More than any request that is sent here.
const MAX_REQUEST: usize = 16 * 1024 * 1024;
const SEND_MESSAGE: &str = "AmazonSQS.SendMessage";

/// A running stand-in; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct StandIn {
    /// For `AWS_ENDPOINT_URL`.
    pub(super) url: String,
    shared: Arc<Shared>,
    listener: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    secrets: BTreeMap<SecretVersion, String>,
    sent: Mutex<Vec<Bytes>>,
    key_calls: AtomicUsize,
    file: Mutex<Option<StoredFile>>,
}

/// Which value of a secret is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretVersion {
    /// Its name or ARN.
    secret_id: String,
    #[serde(default = "current")]
    version_stage: String,
}

fn current() -> String {
    "AWSCURRENT".to_owned()
}

impl StandIn {
    /// Starts it with the secrets of an emulator.
    pub(super) async fn of(emulator: &SdkConfig) -> Result<Self> {
        let shared = Shared {
            secrets: secrets(&Client::new(emulator)).await?,
            sent: Mutex::default(),
            key_calls: AtomicUsize::default(),
            file: Mutex::default(),
        };
        let shared = Arc::new(shared);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::spawn(async move {
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { url, shared, listener })
    }

    /// The messages since this was last asked: each a request, JSON with `QueueUrl` and `MessageBody`.
    pub(super) fn take_sent(&self) -> Vec<Bytes> {
        std::mem::take(&mut *self.shared.sent())
    }

    /// KMS's calls since this was last asked.
    pub(super) fn take_key_calls(&self) -> usize {
        self.shared.key_calls.swap(0, Ordering::Relaxed)
    }

    /// From now on this file lies in every bucket, under every key.
    pub(super) fn store(&self, file: StoredFile) {
        *self.shared.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
    }

    /// How long a client waits that does nothing but send this message, again and again. Blocks.
    pub(super) fn bare_sends(url: &str, message: &[u8], count: usize) -> Result<Samples> {
        let mut connection = Connection::open(url.trim_start_matches("http://"))?;
        let mut send = || {
            let start = Instant::now();
            connection.call(&format!("POST / HTTP/1.1\r\nx-amz-target: {SEND_MESSAGE}"), message, "")?;
            Ok(start.elapsed())
        };
        (0..count).map(|_| send()).collect()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// All secrets that have a value, by their names and ARNs: either may be what the template's `!Ref` comes to.
async fn secrets(client: &Client) -> Result<BTreeMap<SecretVersion, String>> {
    let mut secrets = BTreeMap::new();
    let known = client.list_secrets().send().await.context("cannot list the emulator's secrets")?;
    for secret in known.secret_list() {
        let answer = client.get_secret_value().set_secret_id(secret.arn.clone()).send().await;
        let Some(value) = answer.ok().and_then(|value| value.secret_string) else { continue };
        for secret_id in [&secret.arn, &secret.name].into_iter().flatten().cloned() {
            secrets.insert(SecretVersion { secret_id, version_stage: current() }, value.clone());
        }
    }
    Ok(secrets)
}

/// The services' JSON protocols name the operation in a header; S3 has none.
/// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>
async fn answer(State(shared): State<Arc<Shared>>, headers: HeaderMap, request: Request<Body>) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return shared.read(request.method(), &headers);
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_REQUEST).await else {
        return refusal("RequestEntityTooLarge");
    };
    match headers.get("x-amz-target").and_then(|target| target.to_str().ok()) {
        Some("secretsmanager.GetSecretValue") => shared.secret(&body),
        Some(SEND_MESSAGE) => shared.take(body),
        Some("TrentService.GenerateDataKey") => shared.data_key(&body),
        Some("TrentService.Decrypt") => shared.unwrapped(&body),
        _ => refusal("UnknownOperationException"),
    }
}

impl Shared {
    fn secret(&self, body: &[u8]) -> Response {
        let Ok(wanted) = serde_json::from_slice::<SecretVersion>(body) else {
            return refusal("InvalidRequestException");
        };
        match self.secrets.get(&wanted) {
            Some(value) => json_answer(&json!({ "ARN": wanted.secret_id, "SecretString": value })),
            None => refusal("ResourceNotFoundException"),
        }
    }

    fn take(&self, message: Bytes) -> Response {
        let mut sent = self.sent();
        sent.push(message);
        json_answer(&json!({ "MessageId": format!("message-{}", sent.len()) }))
    }

    /// A data key that is wrapped in nothing.
    fn data_key(&self, body: &[u8]) -> Response {
        let number = self.key_calls.fetch_add(1, Ordering::Relaxed);
        let Ok(request) = serde_json::from_slice::<Value>(body) else { return refusal("SerializationException") };
        let key = STANDARD.encode(format!("{number:032}"));
        json_answer(&json!({ "KeyId": request["KeyId"], "CiphertextBlob": key, "Plaintext": key }))
    }

    fn unwrapped(&self, body: &[u8]) -> Response {
        self.key_calls.fetch_add(1, Ordering::Relaxed);
        let Ok(request) = serde_json::from_slice::<Value>(body) else { return refusal("SerializationException") };
        json_answer(&json!({ "KeyId": request["KeyId"], "Plaintext": request["CiphertextBlob"] }))
    }

    fn read(&self, method: &Method, headers: &HeaderMap) -> Response {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner).clone();
        file.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |file| file.answer(method, headers))
    }

    fn sent(&self) -> MutexGuard<'_, Vec<Bytes>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn json_answer(value: &Value) -> Response {
    Json(value).into_response()
}

fn refusal(kind: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "__type": kind }))).into_response()
}
