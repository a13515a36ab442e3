use serde_json::json;
use time::OffsetDateTime;

use super::{APP, INSTAGRAM_APP, SCOPE, World};
use crate::signing::hmac_hex;

fn timed(secret: &str, token: &str, seconds_old: i64) -> (String, String) {
    let time = (OffsetDateTime::now_utc().unix_timestamp() - seconds_old).to_string();
    (hmac_hex(secret, format!("{token}|{time}").as_bytes()), time)
}

#[tokio::test]
async fn a_proof_must_be_right_when_there_is_one() {
    let world = World::start().await;
    let token = world.connected(SCOPE).await;
    let with = async |(proof, time): (String, String)| {
        let query = [("appsecret_proof", proof.as_str()), ("appsecret_time", time.as_str())];
        world.get("/v26.0/me", &token, &query).await.0
    };
    assert_eq!(with(timed(APP.1, &token, 0)).await, 200);
    assert_eq!(with((hmac_hex(APP.1, token.as_bytes()), String::new())).await, 200);
    assert_eq!(with(timed(APP.1, &token, 400)).await, 400);
    assert_eq!(with(timed(INSTAGRAM_APP.1, &token, 0)).await, 400);
    assert_eq!(with(timed(APP.1, "another token", 0)).await, 400);
    assert_eq!(with((hmac_hex(APP.1, token.as_bytes()), timed(APP.1, &token, 0).1)).await, 400);
    world.remote.change_settings(&json!({ "accepts_plain_proof": false })).await.unwrap();
    assert_eq!(with((hmac_hex(APP.1, token.as_bytes()), String::new())).await, 400);
}

#[tokio::test]
async fn an_app_can_require_the_proof() {
    let world = World::start().await;
    let token = world.connected(SCOPE).await;
    world.remote.change_settings(&json!({ "requires_proof": true })).await.unwrap();
    assert_eq!(world.get("/v26.0/me", &token, &[]).await.1["error"]["code"], 100);
    let (proof, time) = timed(APP.1, &token, 0);
    let query = [("appsecret_proof", proof.as_str()), ("appsecret_time", time.as_str())];
    assert_eq!(world.get("/v26.0/me", &token, &query).await.0, 200);
}
