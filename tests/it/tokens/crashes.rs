//! Killed, or cut off, at every step of a refresh: the account ends active or asks for its person, and never with halves
//! of two pairs.

use platforms::secret::{AccessToken, RefreshToken};
use serde_json::json;
use shared::store::token_leases;

use super::{Connected, Via};
use crate::support::{Refusing, eventually};

/// Longer than a lease.
const LATER: i32 = 5;

#[tokio::test]
async fn killed_after_the_claim() {
    let account = Connected::by(Via::TikTok).await;
    account.age(60).await;
    let tokens = account.tokens().await;
    let leased = token_leases::claim(&tokens.database.connection().await.unwrap(), account.id(), 1).await.unwrap();
    assert!(leased.is_some());
    assert_eq!(account.round().await["renewed"], 0, "somebody has it");
    account.age(LATER).await;
    assert_eq!(account.round().await["renewed"], 1);
    account.is_active(2).await;
}

#[tokio::test]
async fn killed_while_the_platform_works() {
    let account = Connected::by(Via::TikTok).await;
    account.stage.tiktok.change_settings(&json!({ "rotation_grace_s": 3600 })).await.unwrap();
    account.age(60).await;
    account.stage.tiktok.fault("/v2/oauth/token/", 1, &json!({ "latency_ms": 60_000 })).await.unwrap();
    killed_once_asked(&account).await;
    account.age(LATER).await;
    assert_eq!(account.round().await["renewed"], 1);
    whole(&account).await;
}

#[tokio::test]
async fn killed_between_the_answer_and_the_commit() {
    for (grace, ends) in [(0, "ended"), (3600, "renewed")] {
        let account = Connected::by(Via::TikTok).await;
        let settings = json!({ "rotation_grace_s": grace, "refresh_ends_access_token": true });
        account.stage.tiktok.change_settings(&settings).await.unwrap();
        account.age(60).await;
        let refusing =
            Refusing::rows(&account.stage.world.tables, "oauth_accounts", "NEW.token_version = 2", "42501").await;
        killed_once_asked(&account).await;
        refusing.end(&account.stage.world.tables).await;
        account.age(LATER).await;
        assert_eq!(account.round().await[ends], 1, "with {grace} seconds of grace");
        if grace == 0 { is_lost(&account).await } else { whole(&account).await }
    }
}

#[tokio::test]
async fn only_a_refusal_says_that_no_pair_was_lost() {
    for (first, lost) in [("invalid_request", 0), ("server_error", 1)] {
        let account = Connected::by(Via::TikTok).await;
        account.age(60).await;
        for refusal in [first, "invalid_grant"] {
            account.stage.tiktok.fault("/v2/oauth/token/", 1, &json!({ "refuse": refusal })).await.unwrap();
            account.round().await;
            account.age(LATER).await;
        }
        account.needs_reauth("invalid_grant").await;
        assert_eq!(unanswered(&account).await, lost, "{first}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_once_more_at_once() {
    let account = Connected::by(Via::TikTok).await;
    account.stage.tiktok.change_settings(&json!({ "rotation_grace_s": 60 })).await.unwrap();
    account.age(60).await;
    account.stage.tiktok.fault("/v2/oauth/token/", 1, &json!({ "lose_answer": true })).await.unwrap();
    assert_eq!(account.round().await["renewed"], 1);
    whole(&account).await;
}

#[tokio::test]
async fn new_tokens_that_cannot_be_written_at_once_are_written_when_it_works_again() {
    let account = Connected::by(Via::TikTok).await;
    account.age(60).await;
    let refusing =
        Refusing::rows(&account.stage.world.tables, "oauth_accounts", "NEW.token_version = 2", "42501").await;
    let (function, calls) = (account.function().await, account.exchanges().await);
    let healed = async {
        eventually("the pair is there", async || (account.exchanges().await > calls).then_some(())).await;
        refusing.end(&account.stage.world.tables).await;
    };
    let (round, ()) = tokio::join!(function.invoke(json!({})), healed);
    assert_eq!(round["renewed"], 1, "{round}");
    whole(&account).await;
}

/// Starts a round and kills the function once the platform was asked.
async fn killed_once_asked(account: &Connected) {
    let (function, calls) = (account.function().await, account.exchanges().await);
    tokio::select! {
        round = function.invoke(json!({})) => panic!("the round ended: {round}"),
        () = eventually("the platform is asked", async || (account.exchanges().await > calls).then_some(())) => {}
    }
}

/// The account asks for its person, and it's known that the grant may live on with a pair that nobody has.
async fn is_lost(account: &Connected) {
    account.needs_reauth("invalid_grant").await;
    assert_eq!(unanswered(account).await, 1);
}

async fn unanswered(account: &Connected) -> i16 {
    let sql = "SELECT unanswered_refreshes FROM oauth_accounts WHERE id = $1";
    account.stage.world.tables.rows(sql, &[&account.account]).await[0].get(0)
}

/// The account is active, and both tokens are of the newest pair: each of them works.
async fn whole(account: &Connected) {
    account.is_active(2).await;
    let living = account.stage.tiktok.living_tokens().await.unwrap();
    let lives = |value: &str| living.iter().any(|token| token.value == value);
    assert!(lives(&account.opened::<AccessToken>("access_token_encrypted").await));
    assert!(lives(&account.opened::<RefreshToken>("refresh_token_encrypted").await));
}
