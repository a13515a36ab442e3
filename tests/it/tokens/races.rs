//! Many at once, and somebody who was quicker.

use std::sync::Arc;

use platforms::secret::AccessToken;
use serde_json::json;
use tokio::task::JoinSet;

use super::{Connected, Via};

#[tokio::test]
async fn fifty_who_need_a_token_at_once_make_one_call_and_get_the_newest() {
    let account = Connected::by(Via::TikTok).await;
    let before = account.exchanges().await;
    account.age(130).await;
    account.stage.tiktok.fault("/v2/oauth/token/", 1, &json!({ "latency_ms": 300 })).await.unwrap();
    let mut workers = JoinSet::new();
    for _ in 0..5 {
        let tokens = Arc::new(account.tokens().await);
        for _ in 0..10 {
            let (tokens, owner, id) = (Arc::clone(&tokens), account.owner(), account.id());
            workers.spawn(async move { tokens.living_token(owner, id).await.unwrap().token.expose().to_owned() });
        }
    }
    let got = workers.join_all().await;
    assert_eq!(account.exchanges().await - before, 1);
    let newest = account.opened::<AccessToken>("access_token_encrypted").await;
    assert!(got.iter().all(|token| *token == newest), "all fifty act with the same token");
    account.is_active(2).await;
}

#[tokio::test]
async fn rounds_at_once_make_one_call() {
    let account = Connected::by(Via::TikTok).await;
    let before = account.exchanges().await;
    account.age(60).await;
    let (one, two) = (account.function().await, account.function().await);
    let (one, two) = tokio::join!(one.invoke(json!({})), two.invoke(json!({})));
    assert_eq!(one["renewed"].as_u64().unwrap() + two["renewed"].as_u64().unwrap(), 1, "{one} {two}");
    assert_eq!(account.exchanges().await - before, 1);
}

#[tokio::test]
async fn a_refresh_that_ends_after_the_person_connected_again_changes_nothing() {
    let account = Connected::by(Via::TikTok).await;
    account.age(60).await;
    account.stage.tiktok.fault("/v2/oauth/token/", 1, &json!({ "latency_ms": 1500 })).await.unwrap();
    let function = account.function().await;
    let calls = account.exchanges().await;
    let reconnected = async {
        crate::support::eventually("the refresh is under way", async || {
            (account.exchanges().await > calls).then_some(())
        })
        .await;
        account.stage.connect().await
    };
    let nothing = json!({});
    let (round, _) = tokio::join!(function.invoke(nothing), reconnected);
    assert_eq!(round["superseded"], 1, "{round}");
    account.is_active(2).await;
    let newest = account.opened::<AccessToken>("access_token_encrypted").await;
    let living = account.stage.tiktok.living_tokens().await.unwrap();
    assert!(living.iter().any(|token| token.value == newest), "the new grant was not given back");
}
