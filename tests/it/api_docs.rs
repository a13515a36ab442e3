//! `GET /api/openapi.json`.

use crate::support::World;

#[tokio::test]
async fn the_contract_is_served() {
    let world = World::open().await;
    let answer = world.api.get("/api/openapi.json", None).await;
    assert_eq!(answer.status, 200);
    assert!(answer.json()["paths"]["/api/accounts"]["get"].is_object());
}
