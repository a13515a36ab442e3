//! A way to AWS on which each call is noted, and some are refused.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use tokio::{net::TcpListener, task::AbortHandle};

/// The line. Operations are those of `x-amz-target`, without their service.
pub(crate) struct AwsLine {
    url: String,
    line: Arc<Line>,
    server: AbortHandle,
}

struct Line {
    target: String,
    client: reqwest::Client,
    calls: Mutex<Vec<String>>,
    refusal: Mutex<Option<Refusal>>,
}

/// All calls of `operation` but the first `passing` of them are refused.
struct Refusal {
    operation: &'static str,
    passing: usize,
}

impl AwsLine {
    /// A way to the AWS at `endpoint`.
    pub(crate) async fn before(endpoint: &str) -> Self {
        let client = reqwest::Client::builder().timeout(std::time::Duration::from_secs(30)).build().unwrap();
        let (calls, refusal) = (Mutex::default(), Mutex::default());
        let line = Arc::new(Line { target: endpoint.to_owned(), client, calls, refusal });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(forward).with_state(Arc::clone(&line));
        let server = tokio::spawn(async { axum::serve(listener, router).await.unwrap() }).abort_handle();
        Self { url, line, server }
    }

    /// Its near end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How often this operation was called.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        self.line.calls.lock().unwrap().iter().filter(|call| call.ends_with(operation)).count()
    }

    /// From now on so many calls of this operation pass, and no more.
    pub(crate) fn refuse_after(&self, passing: usize, operation: &'static str) {
        *self.line.refusal.lock().unwrap() = Some(Refusal { operation, passing });
    }

    /// From now on everything passes.
    pub(crate) fn heal(&self) {
        *self.line.refusal.lock().unwrap() = None;
    }
}

impl Drop for AwsLine {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Line {
    fn refuses(&self, call: &str) -> bool {
        let mut refusal = self.refusal.lock().unwrap();
        let Some(refusal) = refusal.as_mut().filter(|refusal| call.ends_with(refusal.operation)) else { return false };
        let refuses = refusal.passing == 0;
        refusal.passing = refusal.passing.saturating_sub(1);
        refuses
    }
}

async fn forward(State(line): State<Arc<Line>>, mut headers: HeaderMap, body: Bytes) -> (StatusCode, Bytes) {
    let operation = headers["x-amz-target"].to_str().unwrap().to_owned();
    let refused = line.refuses(&operation);
    line.calls.lock().unwrap().push(operation);
    if refused {
        return (StatusCode::SERVICE_UNAVAILABLE, Bytes::new());
    }
    headers.remove(header::HOST);
    let answer = line.client.post(&line.target).headers(headers).body(body).send().await.unwrap();
    (answer.status(), answer.bytes().await.unwrap())
}
