//! `GET /api/health`.

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
