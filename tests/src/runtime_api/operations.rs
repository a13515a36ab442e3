//! The Runtime API's operations.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    Answer, FunctionError,
    server::{Invocation, Outcome},
};

/// The largest answer that Lambda takes.
const MAX_ANSWER: usize = 6 * 1024 * 1024;
const JSON: &str = "application/json";

/// How the function's start went.
#[derive(Debug, Clone)]
pub(super) enum Start {
    /// It isn't over.
    Awaited,
    /// The function has asked for an event, for the first time at this moment.
    Polled(Instant),
    /// The function reported this.
    Failed(Bytes),
}

/// What the operations work on.
#[derive(Debug)]
pub(super) struct Operations {
    inbox: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    start: watch::Sender<Start>,
    running: Mutex<Option<Running>>,
    invocations: AtomicU64,
}

/// An event that the function is working on.
#[derive(Debug)]
struct Running {
    id: String,
    since: Instant,
    answer: oneshot::Sender<Outcome>,
}

/// The operations at their paths.
pub(super) fn routes(operations: Arc<Operations>) -> Router {
    let paths = Router::new()
        .route("/invocation/next", get(next))
        .route("/invocation/{id}/response", post(response))
        .route("/invocation/{id}/error", post(error))
        .route("/init/error", post(init_error));
    Router::new().nest("/2018-06-01/runtime", paths).layer(DefaultBodyLimit::max(MAX_ANSWER)).with_state(operations)
}

/// Waits until there is an event. The clock runs from here to the answer's last byte.
async fn next(State(operations): State<Arc<Operations>>) -> Response {
    operations.polled();
    let Some(invocation) = operations.inbox.lock().await.recv().await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let id = operations.new_id();
    let headers = [
        (CONTENT_TYPE.as_str(), JSON.to_owned()),
        ("lambda-runtime-aws-request-id", id.clone()),
        ("lambda-runtime-deadline-ms", unix_milliseconds(SystemTime::now() + invocation.limit).to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:local".to_owned()),
        ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000;Sampled=0".to_owned()),
    ];
    operations.begin(Running { id, since: Instant::now(), answer: invocation.answer });
    (headers, invocation.event).into_response()
}

async fn response(operations: State<Arc<Operations>>, Path(id): Path<String>, body: Bytes) -> Response {
    operations.settle(&id, |took| Ok(Answer { body, took }))
}

async fn error(operations: State<Arc<Operations>>, Path(id): Path<String>, body: Bytes) -> Response {
    operations.settle(&id, |_| Err(FunctionError::reported(&body)))
}

async fn init_error(State(operations): State<Arc<Operations>>, body: Bytes) -> Response {
    operations.start.send_replace(Start::Failed(body));
    accepted()
}

impl Operations {
    /// For the events that come out of `inbox`.
    pub(super) fn new(inbox: mpsc::UnboundedReceiver<Invocation>) -> Self {
        Self {
            inbox: tokio::sync::Mutex::new(inbox),
            start: watch::Sender::new(Start::Awaited),
            running: Mutex::default(),
            invocations: AtomicU64::new(0),
        }
    }

    /// Tells how the start goes.
    pub(super) fn start(&self) -> watch::Receiver<Start> {
        self.start.subscribe()
    }

    fn polled(&self) {
        let now = Instant::now();
        self.start.send_if_modified(|start| {
            let is_first = matches!(start, Start::Awaited);
            if is_first {
                *start = Start::Polled(now);
            }
            is_first
        });
    }

    fn new_id(&self) -> String {
        format!("00000000-0000-4000-8000-{:012}", self.invocations.fetch_add(1, Ordering::Relaxed))
    }

    fn begin(&self, running: Running) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    }

    /// Ends the invocation with this id; Lambda refuses any other.
    fn settle(&self, id: &str, outcome: impl FnOnce(Duration) -> Outcome) -> Response {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take_if(|running| running.id == id);
        let Some(running) = running else { return StatusCode::BAD_REQUEST.into_response() };
        // Nobody may be waiting any more.
        let _ = running.answer.send(outcome(running.since.elapsed()));
        accepted()
    }
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, [(CONTENT_TYPE, JSON)], r#"{"status":"OK"}"#).into_response()
}

fn unix_milliseconds(moment: SystemTime) -> u128 {
    moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()
}
