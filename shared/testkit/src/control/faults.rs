//! Failures to order: `{"path": "/v2/oauth/token/", "method": "POST", "times": 1, "fault": …}`, one of
//!
//! * `{"latency_ms": 500}`: answers later, and as always
//! * `{"status": 503}`: a gateway's answer; the platform doesn't see the call
//! * `{"rate_limited": true}`, `{"refuse": "server_error"}`: the platform's own refusal in the path's error shape; at
//!   Meta by code, or by code and subcode: `{"refuse": "190/460"}`
//! * `{"garbage": true}`: HTTP 200 with something that isn't JSON
//! * `{"lose_answer": true}`: does the work, then closes the connection without an answer
//! * `{"kill_tokens": true}`: ends every token, then answers
//!
//! What the platform doesn't see is read all the same, as a gateway does.
//!
//! Without a method any is meant. Of several that are planned for a call, each befalls one, in their order.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Json,
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use http_body::Frame;
use serde::Deserialize;

use super::{Platform, held};
use crate::stream;

/// What is still to befall whom.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Plan>>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    path: String,
    method: Option<String>,
    #[serde(default = "once")]
    times: u64,
    fault: Fault,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fault {
    LatencyMs(u64),
    Status(u16),
    RateLimited(Yes),
    Refuse(String),
    Garbage(Yes),
    LoseAnswer(Yes),
    KillTokens(Yes),
}

/// `true`: there is no fault in its absence.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "bool")]
struct Yes;

impl TryFrom<bool> for Yes {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value { Ok(Self) } else { Err("only true makes sense") }
    }
}

fn once() -> u64 {
    1
}

impl Faults {
    fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut plans = held(&self.0);
        let meant = |plan: &Plan| plan.path == path && plan.method.as_deref().is_none_or(|named| named == method);
        let position = plans.iter().position(|plan| plan.times > 0 && meant(plan))?;
        let plan = plans.get_mut(position)?;
        plan.times -= 1;
        Some(plan.fault.clone())
    }
}

pub(super) async fn plan<T: Platform>(State(platform): State<Arc<T>>, Json(plan): Json<Plan>) -> StatusCode {
    held(&platform.control().faults.0).push(plan);
    StatusCode::NO_CONTENT
}

pub(super) async fn forget<T: Platform>(State(platform): State<Arc<T>>) -> StatusCode {
    held(&platform.control().faults.0).clear();
    StatusCode::NO_CONTENT
}

/// Counts a call to the platform, and lets happen to it what is planned.
pub(super) async fn befall<T: Platform>(State(platform): State<Arc<T>>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().as_str().to_owned(), request.uri().path().to_owned());
    if path.starts_with("/_simulator") {
        return next.run(request).await;
    }
    platform.control().calls.count(&method, &path);
    match platform.control().faults.take(&method, &path) {
        None => {}
        Some(Fault::LatencyMs(latency)) => tokio::time::sleep(Duration::from_millis(latency)).await,
        Some(Fault::Status(status)) => return unseen(request, gateway(status)).await,
        Some(Fault::RateLimited(Yes)) => return unseen(request, platform.rate_limited(&path)).await,
        Some(Fault::Refuse(code)) => return unseen(request, platform.refuse(&path, &code)).await,
        Some(Fault::Garbage(Yes)) => return unseen(request, garbage()).await,
        Some(Fault::LoseAnswer(Yes)) => return lose(next.run(request).await),
        Some(Fault::KillTokens(Yes)) => platform.kill_tokens(),
    }
    next.run(request).await
}

/// An answer to what the platform doesn't see. A connection that is closed on unread bytes may lose it.
async fn unseen(request: Request, answer: Response) -> Response {
    stream::drain(request.into_body()).await;
    answer
}

fn garbage() -> Response {
    Html("<html>not what you asked for").into_response()
}

fn gateway(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    (status, Html("<html>the gateway has a problem")).into_response()
}

/// The work is done; nobody hears of it.
fn lose(_answer: Response) -> Response {
    Response::new(Body::new(HungUp))
}

/// A body that fails before its first byte, so the server closes the connection with the head still unsent.
struct HungUp;

impl HttpBody for HungUp {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}
