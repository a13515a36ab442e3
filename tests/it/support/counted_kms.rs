//! KMS with its calls counted on the way.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use tokio::{net::TcpListener, task::AbortHandle};

/// A way to KMS on which each call is noted.
pub(crate) struct CountedKms {
    url: String,
    line: Arc<Line>,
    server: AbortHandle,
}

struct Line {
    target: String,
    client: reqwest::Client,
    calls: Mutex<Vec<String>>,
}

impl CountedKms {
    /// A way to the KMS at `endpoint`.
    pub(crate) async fn before(endpoint: &str) -> Self {
        let client = reqwest::Client::builder().timeout(std::time::Duration::from_secs(30)).build().unwrap();
        let line = Arc::new(Line { target: endpoint.to_owned(), client, calls: Mutex::default() });
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
}

impl Drop for CountedKms {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn forward(State(line): State<Arc<Line>>, mut headers: HeaderMap, body: Bytes) -> (StatusCode, Bytes) {
    let operation = headers["x-amz-target"].to_str().unwrap().to_owned();
    line.calls.lock().unwrap().push(operation);
    headers.remove(header::HOST);
    let answer = line.client.post(&line.target).headers(headers).body(body).send().await.unwrap();
    (answer.status(), answer.bytes().await.unwrap())
}
