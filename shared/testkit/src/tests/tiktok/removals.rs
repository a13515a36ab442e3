//! The end of an authorization, as the app hears of it.

use serde_json::{Value, json};

use super::{KEY, SECRET, World};
use crate::{
    signing::hmac_hex,
    tests::{callback::Callback, http},
};

impl World {
    /// With a callback that gives these answers.
    async fn with_callback(answers: &[(u16, &str)]) -> (Self, Callback) {
        let (world, callback) = (Self::start().await, Callback::start(answers).await);
        world.remote.set_callback(callback.url()).await.unwrap();
        (world, callback)
    }

    /// Status and body of our own revocation.
    async fn revoke(&self, token: &Value) -> (u16, String) {
        let token = token["access_token"].as_str().unwrap();
        let form = [("client_key", KEY), ("client_secret", SECRET), ("token", token)];
        let answer = http().post(format!("{}/v2/oauth/revoke/", self.simulator.url())).form(&form).send();
        let answer = answer.await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// The reason in a signed `authorization.removed` about this account.
fn reason((headers, body): (axum::http::HeaderMap, String), open_id: &Value) -> Value {
    let (t, s) = headers["tiktok-signature"].to_str().unwrap().split_once(',').unwrap();
    let signed = format!("{}.{body}", t.strip_prefix("t=").unwrap());
    assert_eq!(s, format!("s={}", hmac_hex(SECRET, signed.as_bytes())));
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&event["event"], &event["user_openid"]), (&json!("authorization.removed"), open_id));
    let content: Value = serde_json::from_str(event["content"].as_str().unwrap()).unwrap();
    content["reason"].clone()
}

#[tokio::test]
async fn a_revocation_of_our_own_is_reported_until_it_is_received() {
    let (world, mut callback) = World::with_callback(&[(503, "")]).await;
    let token = world.connected().await;
    assert_eq!(world.revoke(&token).await, (200, "{}".to_owned()));
    for _ in 0..2 {
        assert_eq!(reason(callback.next().await, &token["open_id"]), 5);
    }
    assert!(world.remote.living_tokens().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_revocation_can_be_answered_with_nothing_and_stay_unreported() {
    let (world, mut callback) = World::with_callback(&[]).await;
    let settings = json!({ "empty_revocation_answer": true, "revocation_webhook": false });
    world.remote.change_settings(&settings).await.unwrap();
    assert_eq!(world.revoke(&world.connected().await).await, (200, String::new()));
    let token = world.connected().await;
    world.remote.remove_app("ada").await.unwrap();
    assert_eq!(reason(callback.next().await, &token["open_id"]), 1);
    assert!(callback.is_quiet());
}

#[tokio::test]
async fn a_refused_revocation_ends_and_reports_nothing() {
    let (world, mut callback) = World::with_callback(&[]).await;
    let token = world.connected().await;
    world.remote.advance(7_200).await.unwrap();
    let (status, body) = world.revoke(&token).await;
    assert_eq!((status, body.contains("invalid_grant")), (400, true));
    assert!(callback.is_quiet());
    let (_, fresh) = world.refresh(&token).await;
    assert_eq!(world.revoke(&fresh).await.0, 200);
}

#[tokio::test]
async fn an_authorization_ends_for_any_of_tiktoks_reasons_and_late_as_well() {
    let (world, mut callback) = World::with_callback(&[(500, "")]).await;
    let token = world.connected().await;
    let removal = json!({ "person": "ada", "reason": 4, "manner": { "deliveries": 2, "seconds_late": 3_600 } });
    let answers = world.remote.end_authorization(&removal).await.unwrap();
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [500, 200]);
    assert_eq!(reason(callback.next().await, &token["open_id"]), 4);
    assert!(world.remote.living_tokens().await.unwrap().is_empty());
    assert!(world.remote.end_authorization(&json!({ "person": "nobody" })).await.is_err());
}
