//! Who removes the app or wants to be forgotten, as the app hears of it.

use serde_json::{Value, json};

use super::{APP, INSTAGRAM_APP, SCOPE, World, text};
use crate::{
    RemoteError,
    signing::hmac_base64url,
    tests::{answer, callback::Callback, http, query},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// The payload of a form's one field, signed with this secret.
fn signed_by(secret: &str, form: &str) -> Value {
    let signed = query(&format!("http://form/?{form}"), "signed_request").unwrap();
    let (signature, payload) = signed.split_once('.').unwrap();
    assert_eq!(signature, hmac_base64url(secret, payload.as_bytes()));
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(payload["algorithm"], "HMAC-SHA256");
    payload
}

impl World {
    /// With a callback, for everything, that gives these answers.
    async fn with_callback(answers: &[(u16, &str)]) -> (Self, Callback) {
        let (world, callback) = (Self::start().await, Callback::start(answers).await);
        world.remote.set_callbacks(callback.url(), callback.url()).await.unwrap();
        (world, callback)
    }

    /// Takes back all of Ada's permissions.
    async fn revoke(&self, token: &str) -> (u16, Value) {
        answer(http().delete(self.at("/v26.0/122100000000000001/permissions")).bearer_auth(token)).await
    }
}

#[tokio::test]
async fn who_removes_the_app_is_named_to_the_deauthorize_callback() {
    let (world, mut callback) = World::with_callback(&[]).await;
    let token = world.connected(SCOPE).await;
    world.get("/v26.0/me/accounts", &token, &[]).await;
    let answers = world.remote.remove_app("ada").await.unwrap();
    assert_eq!(answers[0].status, 200);
    let (headers, form) = callback.next().await;
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    let payload = signed_by(APP.1, &form);
    assert_eq!((&payload["user_id"], payload.get("expires")), (&json!("122100000000000001"), None));
    assert!(world.remote.living_tokens().await.unwrap().is_empty());
}

#[tokio::test]
async fn instagram_login_has_callbacks_and_a_secret_of_its_own() {
    let (world, mut callback) = World::with_callback(&[]).await;
    for (settings, secret) in [(json!({}), INSTAGRAM_APP.1), (json!({ "one_callback_secret": true }), APP.1)] {
        world.remote.change_settings(&settings).await.unwrap();
        world.remote.remove_app("example_bakery").await.unwrap();
        let payload = signed_by(secret, &callback.next().await.1);
        assert_eq!(payload["user_id"], "26000000000000001");
    }
    world.remote.change_settings(&json!({ "instagram_deauthorize_url": null })).await.unwrap();
    assert!(world.remote.remove_app("example_bakery").await.unwrap().is_empty());
    assert!(callback.is_quiet());
}

#[tokio::test]
async fn a_request_for_deletion_wants_an_address_and_a_code() {
    let good = r#"{"url":"https://app.example/deletion?code=Zx81Kq","confirmation_code":"Zx81Kq"}"#;
    let (world, mut callback) = World::with_callback(&[
        (200, good),
        (500, good),
        (200, ""),
        (200, r#"{"url":"https://app.example","confirmation_code":"Zx-81"}"#),
        (200, r#"{"url":"/deletion","confirmation_code":"Zx81Kq"}"#),
    ])
    .await;
    let request = json!({ "person": "ada", "manner": { "seconds_late": 90_000 } });
    let answers = world.remote.request_deletion(&request).await.unwrap();
    assert_eq!(answers[0].body, good);
    let payload = signed_by(APP.1, &callback.next().await.1);
    assert_eq!(payload["user_id"], "122100000000000001");
    assert_eq!(payload["expires"].as_i64().unwrap() - payload["issued_at"].as_i64().unwrap(), 3_600);
    for _ in 0..4 {
        let refused = world.remote.request_deletion(&json!({ "person": "ada" })).await;
        assert!(matches!(refused, Err(RemoteError::Refused { status: 422, .. })), "{refused:?}");
    }
    assert!(world.remote.request_deletion(&json!({ "person": "nobody" })).await.is_err());
}

#[tokio::test]
async fn a_revocation_of_our_own_is_reported_where_meta_does_so() {
    let (world, mut callback) = World::with_callback(&[(503, "")]).await;
    assert_eq!(world.revoke(&world.connected(SCOPE).await).await.0, 200);
    assert!(callback.is_quiet());
    world.remote.change_settings(&json!({ "revocation_deauthorizes": true })).await.unwrap();
    assert_eq!(world.revoke(&world.connected(SCOPE).await).await.0, 200);
    for _ in 0..2 {
        assert_eq!(signed_by(APP.1, &callback.next().await.1)["user_id"], "122100000000000001");
    }
}

#[tokio::test]
async fn the_app_revokes_by_its_own_token_what_nobody_else_can() {
    let world = World::start().await;
    let token = world.connected(SCOPE).await;
    let page = text(&world.get("/v26.0/me/accounts", &token, &[]).await.1["data"][0]["access_token"]);
    world.remote.advance(5_183_944).await.unwrap();
    assert_eq!(world.revoke(&token).await.1["error"]["error_subcode"], 463);
    assert_eq!(world.get("/v26.0/me", &page, &[]).await.0, 200);
    let app = format!("{}|{}", APP.0, APP.1);
    let address = world.at("/v26.0/122100000000000001/permissions");
    let (status, refusal) = answer(http().delete(format!("{address}?appsecret_proof=00")).bearer_auth(&app)).await;
    assert_eq!((status, &refusal["error"]["code"]), (400, &json!(100)));
    assert_eq!(world.revoke(&app).await, (200, json!({ "success": true })));
    assert_eq!(world.get("/v26.0/me", &page, &[]).await.1["error"]["error_subcode"], 458);
    assert!(world.remote.living_tokens().await.unwrap().is_empty());
}
