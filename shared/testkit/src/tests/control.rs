//! What both simulators can be told, with TikTok's as the example.

use serde_json::json;

use super::{http, query, tiktok::World};
use crate::{Consent, RemoteError};

const TOKEN: &str = "/v2/oauth/token/";

#[tokio::test]
async fn only_what_the_platform_takes_can_be_registered() {
    let world = World::start().await;
    let refused = world.remote.redirect_uris(&["https://app.example/callback", "ftp://app.example"]).await;
    assert!(matches!(refused, Err(RemoteError::Refused { status: 422, .. })), "{refused:?}");
    world.remote.redirect_uris(&["https://app.example/other"]).await.unwrap();
    assert!(world.remote.consent(&world.login(&[]), &Consent::allow()).await.is_err());
}

#[tokio::test]
async fn a_setting_that_does_not_exist_is_refused() {
    let world = World::start().await;
    assert!(world.remote.change_settings(&json!({ "requires_pcke": false })).await.is_err());
    assert!(world.remote.change_settings(&json!({ "requires_pkce": "no" })).await.is_err());
    assert!(world.remote.add_person(&json!({ "surname": "x" })).await.is_err());
}

#[tokio::test]
async fn a_fault_befalls_as_many_calls_as_ordered() {
    let world = World::start().await;
    let token = world.connected().await;
    world.remote.fault(TOKEN, 2, &json!({ "refuse": "server_error" })).await.unwrap();
    world.remote.fault(TOKEN, 1, &json!({ "rate_limited": true })).await.unwrap();
    let mut answers = Vec::new();
    for _ in 0..4 {
        let (status, body) = world.refresh(&token).await;
        answers.push((status, body["error"].as_str().unwrap_or("").to_owned()));
    }
    let expected = [(500, "server_error"), (500, "server_error"), (429, "rate_limit_exceeded"), (200, "")];
    assert_eq!(answers, expected.map(|(status, error)| (status, error.to_owned())));
    assert_eq!(world.remote.calls_to(TOKEN).await.unwrap(), 5);
}

#[tokio::test]
async fn a_lost_answer_leaves_the_work_done() {
    let world = World::start().await;
    let token = world.connected().await;
    world.remote.fault(TOKEN, 1, &json!({ "lose_answer": true })).await.unwrap();
    let form = [
        ("client_key", super::tiktok::KEY),
        ("client_secret", super::tiktok::SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", token["refresh_token"].as_str().unwrap()),
    ];
    let lost = http().post(format!("{}{TOKEN}", world.simulator.url())).form(&form).send().await;
    assert!(lost.is_err(), "{lost:?}");
    assert_eq!(world.remote.calls_to(TOKEN).await.unwrap(), 2);
    assert_eq!(world.refresh(&token).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn garbage_and_a_gateways_answer_are_not_the_platforms() {
    let world = World::start().await;
    let address = format!("{}/v2/user/info/", world.simulator.url());
    world.remote.fault("/v2/user/info/", 1, &json!({ "garbage": true })).await.unwrap();
    world.remote.fault("/v2/user/info/", 1, &json!({ "status": 503 })).await.unwrap();
    for expected in [200, 503] {
        let answer = http().get(&address).send().await.unwrap();
        assert_eq!(answer.status(), expected);
        assert!(answer.text().await.unwrap().starts_with("<html>"));
    }
}

#[tokio::test]
async fn every_token_can_be_killed_in_the_middle_of_a_call() {
    let world = World::start().await;
    let token = world.connected().await;
    world.remote.fault("/v2/user/info/", 1, &json!({ "kill_tokens": true })).await.unwrap();
    assert_eq!(world.user_info(&token, "open_id").await.1["error"]["code"], "access_token_invalid");
    assert_eq!(world.refresh(&token).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a_fault_that_is_not_one_is_refused_and_a_planned_one_can_be_forgotten() {
    let world = World::start().await;
    for fault in [json!({ "explode": true }), json!({ "garbage": false }), json!("garbage")] {
        assert!(world.remote.fault(TOKEN, 1, &fault).await.is_err(), "{fault}");
    }
    world.remote.fault(TOKEN, 1, &json!({ "status": 503 })).await.unwrap();
    world.remote.forget_faults().await.unwrap();
    assert!(world.connected().await["access_token"].is_string());
}

#[tokio::test]
async fn every_secret_that_went_over_the_wire_is_listed() {
    let world = World::start().await;
    let location = world.remote.consent(&world.login(&[]), &Consent::allow()).await.unwrap();
    let code = query(&location, "code").unwrap();
    let (_, token) = world.exchange(&code, &[]).await;
    let issued = world.remote.issued().await.unwrap();
    let kind_of = |value: &str| issued.iter().find(|secret| secret.value == value).map(|secret| secret.kind.as_str());
    assert_eq!(kind_of(&code), Some("code"));
    for kind in ["access_token", "refresh_token"] {
        assert_eq!(kind_of(token[kind].as_str().unwrap()), Some(kind));
    }
    assert_eq!(kind_of(super::tiktok::VERIFIER), Some("code_verifier"));
    assert_eq!(kind_of(super::tiktok::SECRET), Some("client_secret"));
    assert!(!format!("{issued:?}").contains(&code));
}
