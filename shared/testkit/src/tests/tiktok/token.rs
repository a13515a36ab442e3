use serde_json::{Value, json};

use super::{KEY, SECRET, World};
use crate::tests::{answer, http};

#[tokio::test]
async fn an_exchange_that_differs_in_anything_is_refused() {
    let world = World::start().await;
    let refusals: &[(&str, &[(&str, &str)])] = &[
        ("invalid_client", &[("client_secret", "wrong")]),
        ("invalid_client", &[("client_key", "another")]),
        ("invalid_request", &[("client_secret", "")]),
        ("invalid_request", &[("client_id", KEY)]),
        ("invalid_request", &[("grant_type", "")]),
        ("unsupported_grant_type", &[("grant_type", "password")]),
        ("invalid_grant", &[("code", "made-up")]),
        ("invalid_grant", &[("redirect_uri", "https://app.example/callback/")]),
        ("invalid_request", &[("code_verifier", "")]),
        ("invalid_request", &[("code_verifier", "gaeCq5mVvbhA8Ce6w5O9XBVIKMkySgv-_9A-rnhm9Ns")]),
        ("invalid_request", &[("code_verifier", "short")]),
    ];
    for (error, changes) in refusals {
        let (status, body) = world.exchange(&world.code().await, changes).await;
        assert_eq!((status, &body["error"]), (400, &json!(error)), "{changes:?}");
        assert!(body["log_id"].is_string() && body["error_description"].is_string());
    }
}

#[tokio::test]
async fn a_code_is_good_for_one_attempt_within_ten_minutes() {
    let world = World::start().await;
    let code = world.code().await;
    assert_eq!(world.exchange(&code, &[]).await.0, 200);
    assert_eq!(world.exchange(&code, &[]).await.1["error"], "invalid_grant");
    let late = world.code().await;
    world.remote.advance(600).await.unwrap();
    assert_eq!(world.exchange(&late, &[]).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn only_a_form_without_a_header_is_understood() {
    let world = World::start().await;
    let address = format!("{}/v2/oauth/token/", world.simulator.url());
    let body = json!({ "client_key": KEY, "client_secret": SECRET, "grant_type": "authorization_code" });
    let (status, refusal) = answer(http().post(&address).json(&body)).await;
    assert_eq!((status, &refusal["error"]), (400, &json!("invalid_request")));
    let form = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "y")];
    let (_, refusal) = answer(http().post(&address).basic_auth(KEY, Some(SECRET)).form(&form)).await;
    assert_eq!(refusal["error"], "invalid_request");
}

#[tokio::test]
async fn a_refresh_replaces_the_refresh_token_at_once() {
    let world = World::start().await;
    let first = world.connected().await;
    let (status, second) = world.refresh(&first).await;
    assert_eq!(status, 200);
    for name in ["access_token", "refresh_token"] {
        assert_ne!(first[name], second[name]);
    }
    assert_eq!(["open_id", "scope"].map(|name| &first[name]), ["open_id", "scope"].map(|name| &second[name]));
    assert_eq!(world.refresh(&first).await.1["error"], "invalid_grant");
    assert_eq!(world.refresh(&second).await.0, 200);
}

#[tokio::test]
async fn of_two_refreshes_at_once_one_loses() {
    let world = World::start().await;
    let token = world.connected().await;
    let (one, other) = tokio::join!(world.refresh(&token), world.refresh(&token));
    assert_eq!(one.0 + other.0, 200 + 400);
}

#[tokio::test]
async fn tokens_end_when_their_time_is_over() {
    let world = World::start().await;
    let token = world.connected().await;
    world.remote.advance(7_200).await.unwrap();
    let (status, body) = world.user_info(&token, "open_id").await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("access_token_invalid")));
    let (_, token) = world.refresh(&token).await;
    assert_eq!(world.user_info(&token, "open_id").await.0, 200);
    world.remote.advance(15_552_000).await.unwrap();
    assert_eq!(world.refresh(&token).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a_refresh_can_leave_the_end_where_it_was() {
    let world = World::start().await;
    world.remote.change_settings(&json!({ "refresh_extends": false })).await.unwrap();
    let token = world.connected().await;
    world.remote.advance(1_000_000).await.unwrap();
    let rest = world.refresh(&token).await.1["refresh_expires_in"].as_i64().unwrap();
    assert!(rest <= 15_552_000 - 1_000_000, "{rest}");
}

#[tokio::test]
async fn a_revocation_ends_all_that_the_person_granted() {
    let world = World::start().await;
    let (one, other) = (world.connected().await, world.connected().await);
    let revoke = async |secret: &str| {
        let token = one["access_token"].as_str().unwrap();
        let form = [("client_key", KEY), ("client_secret", secret), ("token", token)];
        world.post("/v2/oauth/revoke/", &form).await
    };
    assert_eq!(revoke("wrong").await.1["error"], "invalid_client");
    assert_eq!(revoke("").await.1["error"], "invalid_request");
    assert_eq!(revoke(SECRET).await, (200, json!({})));
    for token in [&one, &other] {
        assert_eq!(ended(&world, token).await, ["access_token_invalid", "invalid_grant"]);
    }
}

#[tokio::test]
async fn who_removes_the_app_ends_its_tokens() {
    let world = World::start().await;
    let token = world.connected().await;
    world.remote.remove_app("ada").await.unwrap();
    assert_eq!(ended(&world, &token).await, ["access_token_invalid", "invalid_grant"]);
    assert!(world.remote.remove_app("nobody").await.is_err());
}

/// What a call and a refresh are answered.
async fn ended(world: &World, token: &Value) -> [String; 2] {
    let call = world.user_info(token, "open_id").await.1["error"]["code"].clone();
    let refresh = world.refresh(token).await.1["error"].clone();
    [call, refresh].map(|code| code.as_str().unwrap_or_default().to_owned())
}
