//! What ends tokens although nobody removed the app.

use serde_json::json;

use super::{APP, SCOPE, World, text};
use crate::{
    RemoteError,
    tests::{address, answer, http},
};

impl World {
    /// Ada's long-lived token and that of her first Page.
    async fn tokens(&self) -> [String; 2] {
        let long = self.connected(SCOPE).await;
        let page = text(&self.get("/v26.0/me/accounts", &long, &[]).await.1["data"][0]["access_token"]);
        [long, page]
    }

    /// Code and subcode that a call with a token is refused with.
    async fn refusal(&self, token: &str) -> Option<(i64, i64)> {
        let (_, body) = self.get("/v26.0/me", token, &[]).await;
        body["error"]["code"].as_i64().zip(body["error"]["error_subcode"].as_i64())
    }

    /// What `debug_token` knows of a token.
    pub(super) async fn debug(&self, token: &str) -> serde_json::Value {
        let app = format!("{}|{}", APP.0, APP.1);
        let query = [("input_token", token), ("access_token", app.as_str())];
        answer(http().get(address(&self.at("/v26.0/debug_token"), &query, &[]))).await.1["data"].clone()
    }
}

#[tokio::test]
async fn each_end_has_its_subcode_in_calls_and_in_debug_token() {
    let world = World::start().await;
    for subcode in [459, 460, 464, 467] {
        let tokens = world.tokens().await;
        world.remote.end_tokens("ada", subcode).await.unwrap();
        for token in tokens {
            assert_eq!(world.refusal(&token).await, Some((190, i64::from(subcode))));
            let facts = world.debug(&token).await;
            assert_eq!((&facts["is_valid"], &facts["error"]["subcode"]), (&json!(false), &json!(subcode)));
        }
        assert!(world.remote.living_tokens().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn after_a_check_its_tokens_live_again_and_no_others() {
    let world = World::start().await;
    let [gone, _] = world.tokens().await;
    world.remote.end_tokens("ada", 460).await.unwrap();
    let [held, page] = world.tokens().await;
    world.remote.end_tokens("ada", 459).await.unwrap();
    world.remote.recover("ada").await.unwrap();
    for token in [&held, &page] {
        assert_eq!(world.refusal(token).await, None);
    }
    assert_eq!(world.refusal(&gone).await, Some((190, 460)));
}

#[tokio::test]
async fn a_lost_role_ends_one_page_and_hides_it() {
    let world = World::start().await;
    let [long, page] = world.tokens().await;
    let pages = async || world.get("/v26.0/me/accounts", &long, &[]).await.1["data"].as_array().unwrap().clone();
    let other = text(&pages().await[1]["access_token"]);
    world.remote.end_page_role("ada", "100200300400500").await.unwrap();
    assert_eq!(world.refusal(&page).await, Some((190, 492)));
    assert_eq!((world.refusal(&long).await, world.refusal(&other).await), (None, None));
    assert_eq!(pages().await.len(), 1);
    world.remote.recover("ada").await.unwrap();
    let fresh = text(&pages().await[0]["access_token"]);
    assert_ne!(fresh, page);
    assert_eq!(world.refusal(&fresh).await, None);
}

#[tokio::test]
async fn what_is_no_end_is_refused() {
    let world = World::start().await;
    for subcode in [458, 463, 492, 1] {
        let refused = world.remote.end_tokens("ada", subcode).await;
        assert!(matches!(refused, Err(RemoteError::Refused { status: 422, .. })), "{refused:?}");
    }
    assert!(world.remote.end_tokens("nobody", 460).await.is_err());
}

#[tokio::test]
async fn another_long_lived_token_moves_the_end_but_not_the_last_visit() {
    let world = World::start().await;
    let first = world.connected(SCOPE).await;
    let before = world.debug(&first).await;
    world.remote.advance(30 * 24 * 3_600).await.unwrap();
    let second = world.long_lived(&first).await;
    let after = world.debug(&second).await;
    assert!(after["expires_at"].as_i64() > before["expires_at"].as_i64());
    assert_eq!(after["data_access_expires_at"], before["data_access_expires_at"]);
    world.remote.change_settings(&json!({ "reexchange_extends": false })).await.unwrap();
    let third = world.long_lived(&second).await;
    assert_ne!(third, second);
    assert_eq!(world.debug(&third).await["expires_at"], after["expires_at"]);
    assert_eq!(world.remote.living_tokens().await.unwrap().len(), 3);
}
