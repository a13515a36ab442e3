//! `GET /api/health` and `GET /api/openapi.json`.

use crate::support::World;

#[tokio::test]
async fn health_names_the_build_and_its_dependencies() {
    let world = World::open().await;
    let answer = world.api.get("/api/health", None).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(body["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(body["dependencies"], serde_json::json!({ "database": "ok", "redis": "ok" }));
}

#[tokio::test]
async fn the_contract_is_served() {
    let world = World::open().await;
    let answer = world.api.get("/api/openapi.json", None).await;
    assert_eq!(answer.status, 200);
    assert!(answer.json()["paths"]["/api/accounts"]["get"].is_object());
}

#[tokio::test]
async fn a_correlation_id_of_ours_or_the_callers_is_on_every_answer() {
    let world = World::open().await;
    assert!(world.api.get("/api/health", None).await.header("x-correlation-id").is_some());
    let request = world.api.request(reqwest::Method::GET, "/api/health").header("x-correlation-id", "my-own-id-1");
    let answer = crate::support::Answer::of(request).await;
    assert_eq!(answer.header("x-correlation-id"), Some("my-own-id-1"));
}

#[tokio::test]
async fn nonsense_in_headers_does_no_harm() {
    let world = World::open().await;
    for (name, value) in [("x-forwarded-proto", "a b"), ("x-correlation-id", "\"'; DROP"), ("cookie", "=;=")] {
        let request = world.api.request(reqwest::Method::GET, "/api/health").header(name, value);
        let answer = crate::support::Answer::of(request).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        assert_ne!(answer.header("x-correlation-id"), Some(value));
    }
}
