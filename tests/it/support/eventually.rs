//! Waiting for a condition, never for a time.

use std::time::Duration;

use tokio::time::{Instant, interval, timeout_at};

/// Asks until there is an answer, for at most three minutes.
pub(crate) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let mut pace = interval(Duration::from_millis(50));
    let found = timeout_at(Instant::now() + Duration::from_secs(180), async {
        loop {
            pace.tick().await;
            if let Some(answer) = ask().await {
                return answer;
            }
        }
    });
    found.await.unwrap_or_else(|_| panic!("it never happened: {what}"))
}
