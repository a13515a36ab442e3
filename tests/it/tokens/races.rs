//! Many at once, and somebody who was quicker.

use std::sync::Arc;

use platforms::secret::AccessToken;
use serde_json::json;
use shared::{
    services::tokens::TokenError,
    store::{StoreError, token_leases},
};
use tokio::task::JoinSet;

use super::{Connected, Via};
use crate::support::{HttpSandbox, eventually, http_event};

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
            workers.spawn(async move {
                loop {
                    match tokens.living_token(owner, id).await {
                        // A sandbox has connections for one request, and here are ten.
                        Err(TokenError::Store(StoreError::PoolExhausted)) => {}
                        living => return living.unwrap().token.expose().to_owned(),
                    }
                }
            });
        }
    }
    let got = workers.join_all().await;
    assert_eq!(account.exchanges().await - before, 1);
    let newest = account.opened::<AccessToken>("access_token_encrypted").await;
    assert!(got.iter().all(|token| *token == newest), "all fifty act with the same token");
    account.is_active(2).await;
}

#[tokio::test]
async fn who_looked_before_a_renewal_does_not_renew_what_came_of_it() {
    let account = Connected::by(Via::TikTok).await;
    let tokens = account.tokens().await;
    let seen = tokens.living_token(account.owner(), account.id()).await.unwrap().version;
    account.age(60).await;
    assert_eq!(account.round().await["renewed"], 1);
    let connection = tokens.database.connection().await.unwrap();
    assert!(token_leases::claim(&connection, account.id(), seen).await.unwrap().is_none());
    assert!(token_leases::claim(&connection, account.id(), seen + 1).await.unwrap().is_some());
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

#[tokio::test]
async fn a_refresh_that_ends_after_a_disconnect_revives_nothing_and_leaves_no_living_token() {
    let account = Connected::by(Via::TikTok).await;
    account.age(60).await;
    account.stage.tiktok.fault("/v2/oauth/token/", 1, &json!({ "latency_ms": 1500 })).await.unwrap();
    // Or the platform itself would end what is under way.
    account.stage.tiktok.fault("/v2/oauth/revoke/", 1, &json!({ "status": 503 })).await.unwrap();
    let (function, calls) = (account.function().await, account.exchanges().await);
    let disconnected = async {
        under_way(&account, calls).await;
        disconnect(&account).await
    };
    let (_, answer) = tokio::join!(function.invoke(json!({})), disconnected);
    assert_eq!(answer, json!({ "revoked": "pending" }));
    assert_eq!(account.state().await.0, "revoked");
    account.stage.world.tables.run("UPDATE pending_revocations SET next_attempt_at = now()").await;
    function.invoke(json!({})).await;
    assert_eq!(account.stage.tiktok.living_tokens().await.unwrap().len(), 0);
    let left = account.stage.world.tables.rows("SELECT 1 FROM pending_revocations", &[]).await;
    assert!(left.is_empty(), "nothing is left to tell");
}

#[tokio::test]
async fn a_pair_that_comes_after_the_account_was_given_up_revives_it() {
    let account = Connected::by(Via::TikTok).await;
    account.age(60).await;
    account.stage.tiktok.fault("/v2/oauth/token/", 1, &json!({ "latency_ms": 1500 })).await.unwrap();
    let (function, calls) = (account.function().await, account.exchanges().await);
    let given_up = async {
        under_way(&account, calls).await;
        account.set("status = 'needs_reauth', status_reason = 'invalid_grant'").await;
    };
    let (round, ()) = tokio::join!(function.invoke(json!({})), given_up);
    assert_eq!(round["renewed"], 1, "{round}");
    account.is_active(2).await;
}

async fn under_way(account: &Connected, calls: u64) {
    let is_under_way = async || (account.exchanges().await > calls).then_some(());
    eventually("the refresh is under way", is_under_way).await;
}

async fn disconnect(account: &Connected) -> serde_json::Value {
    const ROUTE: &str = "DELETE /api/auth/{platform}/{accountId}";
    let function = HttpSandbox::start(&account.stage.world, "auth-disconnect", account.stage.settings()).await;
    let id = account.account.to_string();
    let mut event = http_event("DELETE", &format!("/api/auth/tiktok/{id}"), ROUTE);
    event["pathParameters"] = json!({ "platform": "tiktok", "accountId": id });
    let user = account.stage.user.to_string();
    event["requestContext"]["authorizer"] = json!({ "lambda": { "userId": user, "expiresAt": "4102444800" } });
    function.call(event).await.json()
}
