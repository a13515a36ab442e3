//! What holds for every HTTP function.

use reqwest::Method;

use crate::support::{Answer, World};

#[tokio::test]
async fn a_correlation_id_of_ours_or_the_callers_is_on_every_answer() {
    let world = World::open().await;
    assert!(world.api.get("/api/health", None).await.header("x-correlation-id").is_some());
    let request = world.api.request(Method::GET, "/api/health").header("x-correlation-id", "my-own-id-1");
    let answer = Answer::of(request).await;
    assert_eq!(answer.header("x-correlation-id"), Some("my-own-id-1"));
}

#[tokio::test]
async fn nonsense_in_headers_does_no_harm() {
    let world = World::open().await;
    for (name, value) in [("x-forwarded-proto", "a b"), ("x-correlation-id", "\"'; DROP"), ("cookie", "=;=")] {
        let request = world.api.request(Method::GET, "/api/health").header(name, value);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        assert_ne!(answer.header("x-correlation-id"), Some(value));
    }
}
