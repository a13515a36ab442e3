use serde_json::{Value, json};

use super::{APP, INSTAGRAM_APP, SCOPE, World, text};
use crate::tests::{CALLBACK, address, answer, http};

fn code_of(answer: &(u16, Value)) -> (u16, i64, Option<i64>) {
    let error = &answer.1["error"];
    assert!(error["fbtrace_id"].is_string() && error["type"] == "OAuthException", "{error}");
    (answer.0, error["code"].as_i64().unwrap(), error["error_subcode"].as_i64())
}

#[tokio::test]
async fn an_exchange_that_differs_in_anything_is_refused() {
    let world = World::start().await;
    let refusals: &[(i64, &[(&str, &str)])] = &[
        (1, &[("client_secret", INSTAGRAM_APP.1)]),
        (101, &[("client_id", INSTAGRAM_APP.0)]),
        (100, &[("redirect_uri", "https://app.example/callback/")]),
        (100, &[("redirect_uri", "")]),
        (100, &[("code", "AQmade-up")]),
        (100, &[("grant_type", "password")]),
    ];
    for (code, changes) in refusals {
        let refusal = world.exchange(&world.code(SCOPE).await, changes).await;
        assert_eq!(code_of(&refusal).1, *code, "{changes:?}");
    }
}

#[tokio::test]
async fn a_code_is_good_for_one_attempt_and_can_be_posted() {
    let world = World::start().await;
    let code = world.code(SCOPE).await;
    let form = [("client_id", APP.0), ("client_secret", APP.1), ("redirect_uri", CALLBACK), ("code", &code)];
    let (status, token) = answer(http().post(world.at("/v26.0/oauth/access_token")).form(&form)).await;
    assert_eq!((status, &token["token_type"]), (200, &json!("bearer")));
    assert_eq!(code_of(&world.exchange(&code, &[]).await), (400, 100, Some(36_009)));
    let late = world.code(SCOPE).await;
    world.remote.advance(600).await.unwrap();
    assert_eq!(code_of(&world.exchange(&late, &[]).await), (400, 100, Some(36_007)));
}

#[tokio::test]
async fn expires_in_can_be_left_out() {
    let world = World::start().await;
    world.remote.change_settings(&json!({ "omits_expires_in": true })).await.unwrap();
    let (_, token) = world.exchange(&world.code(SCOPE).await, &[]).await;
    assert_eq!(token.get("expires_in"), None);
}

#[tokio::test]
async fn a_page_token_of_a_long_lived_token_never_expires() {
    let world = World::start().await;
    let short = text(&world.exchange(&world.code(SCOPE).await, &[]).await.1["access_token"]);
    let long = world.long_lived(&short).await;
    let page_of =
        async |token: &str| text(&world.get("/v26.0/me/accounts", token, &[]).await.1["data"][0]["access_token"]);
    let (brief, lasting) = (page_of(&short).await, page_of(&long).await);
    assert_eq!(lasting, page_of(&long).await);
    world.remote.advance(3_600).await.unwrap();
    assert_eq!(code_of(&world.get("/v26.0/me", &brief, &[]).await), (400, 190, Some(463)));
    world.remote.advance(6_000_000).await.unwrap();
    assert_eq!(code_of(&world.get("/v26.0/me", &long, &[]).await), (400, 190, Some(463)));
    assert_eq!(world.get("/v26.0/me", &lasting, &[]).await.0, 200);
}

#[tokio::test]
async fn debug_token_knows_what_a_token_is() {
    let world = World::start().await;
    let long = world.connected(SCOPE).await;
    let page = text(&world.get("/v26.0/me/accounts", &long, &[]).await.1["data"][0]["access_token"]);
    let app = format!("{}|{}", APP.0, APP.1);
    let debug = async |input: &str, by: &str| {
        let query = [("input_token", input), ("access_token", by)];
        answer(http().get(address(&world.at("/v26.0/debug_token"), &query, &[]))).await
    };
    let (_, user) = debug(&long, &app).await;
    assert_eq!(
        ["app_id", "type", "is_valid"].map(|name| &user["data"][name]),
        [&json!(APP.0), &json!("USER"), &json!(true)]
    );
    let (_, page) = debug(&page, &app).await;
    assert_eq!((&page["data"]["profile_id"], &page["data"]["expires_at"]), (&json!("100200300400500"), &json!(0)));
    assert_eq!(debug("EAAmade-up", &app).await.1["data"]["is_valid"], false);
    assert_eq!(code_of(&debug(&long, &long).await).1, 190);
    world.remote.remove_app("ada").await.unwrap();
    assert_eq!(debug(&long, &app).await.1["data"]["error"]["subcode"], 458);
}

#[tokio::test]
async fn a_revocation_ends_every_token_of_the_person() {
    let world = World::start().await;
    let long = world.connected(SCOPE).await;
    let page = text(&world.get("/v26.0/me/accounts", &long, &[]).await.1["data"][0]["access_token"]);
    let delete = async |path: &str| answer(http().delete(world.at(path)).bearer_auth(&long)).await;
    assert_eq!(code_of(&delete("/v26.0/122100000000000002/permissions").await).1, 100);
    assert_eq!(
        delete("/v26.0/122100000000000001/permissions/instagram_basic").await,
        (200, json!({ "success": true }))
    );
    let (_, permissions) = world.get("/v26.0/me/permissions", &long, &[]).await;
    assert!(
        permissions["data"]
            .as_array()
            .unwrap()
            .contains(&json!({ "permission": "instagram_basic", "status": "declined" }))
    );
    world.remote.change_settings(&json!({ "bare_revocation_answer": true })).await.unwrap();
    assert_eq!(delete("/v26.0/122100000000000001/permissions").await, (200, json!(true)));
    for token in [&long, &page] {
        assert_eq!(code_of(&world.get("/v26.0/me", token, &[]).await), (400, 190, Some(458)));
    }
}
