//! What is due, and what isn't.

use platforms::secret::{AccessToken, RefreshToken};
use serde_json::json;

use super::{Connected, Via};
use crate::support::{eventually, unique};

#[tokio::test]
async fn a_token_in_use_is_renewed_before_it_ends_and_both_new_ones_lie_there() {
    let account = Connected::by(Via::TikTok).await;
    assert_eq!(account.round().await["renewed"], 0, "it has two hours to live");

    account.age(60).await;
    assert_eq!(account.round().await["renewed"], 1);

    account.is_active(2).await;
    let living = account.stage.tiktok.living_tokens().await.unwrap();
    let lives = |value: &str| living.iter().any(|token| token.value == value);
    assert!(lives(&account.opened::<AccessToken>("access_token_encrypted").await));
    assert!(lives(&account.opened::<RefreshToken>("refresh_token_encrypted").await));
    assert_eq!(account.round().await["renewed"], 0);
}

#[tokio::test]
async fn a_token_that_never_lives_for_long_is_renewed_once_in_a_round() {
    let account = Connected::by(Via::TikTok).await;
    account.stage.tiktok.change_settings(&json!({ "access_token_lifetime_s": 1800 })).await.unwrap();
    account.age(60).await;
    assert_eq!(account.round().await["renewed"], 1);
    account.age(30).await;
    assert_eq!(account.round().await["renewed"], 1);
    account.is_active(3).await;
}

#[tokio::test]
async fn a_young_token_that_something_may_have_befallen_is_looked_at_at_once() {
    let account = Connected::by(Via::TikTok).await;
    account.set("next_refresh_at = now()").await;
    assert_eq!(account.round().await["renewed"], 1);
    account.is_active(2).await;
    assert_eq!(account.round().await["renewed"], 0);
}

#[tokio::test]
async fn a_token_at_rest_is_touched_once_a_week() {
    let account = Connected::by(Via::TikTok).await;
    account.set("last_used_at = NULL").await;
    account.age(24 * 60).await;
    assert_eq!(account.round().await["renewed"], 0);
    account.age(6 * 24 * 60 + 1).await;
    assert_eq!(account.round().await["renewed"], 1);
    account.is_active(2).await;
}

#[tokio::test]
async fn a_token_at_rest_with_a_post_on_its_way_is_renewed() {
    let account = Connected::by(Via::TikTok).await;
    account.set("last_used_at = NULL").await;
    account.age(90).await;
    let user = account.stage.user;
    account.stage.world.tables.tiktok_post(user, account.account, "v_pub_file~1").await;
    assert_eq!(account.round().await["renewed"], 1);
}

#[tokio::test]
async fn an_instagram_login_is_prolonged_in_its_last_ten_days() {
    let account = Connected::by(Via::InstagramLogin).await;
    account.age(49 * 24 * 60).await;
    assert_eq!(account.round().await["renewed"], 0);
    account.age(2 * 24 * 60).await;
    assert_eq!(account.round().await["renewed"], 1);
    account.is_active(2).await;
    let sql = "SELECT expires_at > now() + interval '59 days' FROM oauth_accounts";
    assert!(account.stage.world.tables.rows(sql, &[]).await[0].get::<_, bool>(0));
}

#[tokio::test]
async fn an_account_is_shown_to_end_only_where_renewing_it_has_failed_for_days() {
    let account = Connected::by(Via::InstagramLogin).await;
    for (days, status) in [(50, "active"), (3, "expiring")] {
        account.age(days * 24 * 60 + 1).await;
        assert_eq!(account.stage.accounts().await[0]["status"], status);
    }
}

#[tokio::test]
async fn whoever_removed_the_app_must_connect_again_and_is_asked_no_more() {
    for (via, reason) in [(Via::TikTok, "invalid_grant"), (Via::InstagramLogin, "auth_removed")] {
        let account = Connected::by(via).await;
        account.stage.tiktok.remove_app("example_shop").await.unwrap();
        account.stage.meta.remove_app("example_shop").await.unwrap();
        account.age(51 * 24 * 60).await;
        account.set("last_used_at = now()").await;
        assert_eq!(account.round().await["ended"], 1, "{via:?}");
        account.needs_reauth(reason).await;
        let seen = account.stage.accounts().await.remove(0);
        assert_eq!((&seen["status"], &seen["statusReason"]["code"]), (&json!("needs_reauth"), &json!(reason)));
        assert!(seen["statusSince"].is_string() && seen["statusReason"]["userMessage"].is_string(), "{seen}");
        assert_eq!(account.round().await["ended"], 0);
    }
}

#[tokio::test]
async fn a_failure_waits_longer_each_time_and_costs_no_account() {
    let account = Connected::by(Via::TikTok).await;
    account.age(60).await;
    let faults = [json!({ "status": 503 }), json!({ "rate_limited": true }), json!({ "garbage": true })];
    for (number, fault) in faults.iter().enumerate() {
        account.stage.tiktok.fault("/v2/oauth/token/", 1, fault).await.unwrap();
        assert_eq!(account.round().await["postponed"], 1, "{fault}");
        assert_eq!(account.round().await, json!({ "renewed": 0, "superseded": 0, "postponed": 0, "ended": 0 }));
        account.age(1 << number).await;
    }
    assert_eq!(account.round().await["renewed"], 1);
    account.is_active(2).await;
}

#[tokio::test]
async fn a_wrong_secret_of_ours_blames_no_account() {
    let account = Connected::by(Via::TikTok).await;
    account.age(60).await;
    account.stage.tiktok.fault("/v2/oauth/token/", 2, &json!({ "refuse": "invalid_client" })).await.unwrap();
    assert_eq!(account.round().await["postponed"], 1);
    account.is_active(1).await;
}

#[tokio::test]
async fn a_token_that_meta_calls_dead_without_a_word_is_tried_with_our_newest_secret_first() {
    let account = Connected::by(Via::InstagramLogin).await;
    account.age(51 * 24 * 60).await;
    account.stage.meta.fault("/refresh_access_token", 1, &json!({ "refuse": "190" })).await.unwrap();
    assert_eq!(account.round().await["renewed"], 1);
    account.is_active(2).await;
}

#[tokio::test]
async fn a_secret_of_ours_that_was_rotated_is_read_anew_as_soon_as_the_platform_refuses_the_old_one() {
    let account = Connected::by(Via::TikTok).await;
    let (aws, app) = (&account.stage.world.aws, &account.stage.world.stack.secrets.tiktok);
    let secret = |word: &str| json!({ "clientKey": app.client_key, "clientSecret": word });
    let id = aws.new_secret(&format!("own-{}", unique()), &secret("the one before")).await;
    let tokens = account.tokens_with(&[("TIKTOK_SECRET_ID", &id)]).await;
    account.age(120).await;
    assert!(tokens.living_token(account.owner(), account.id()).await.is_err(), "its copy is made");
    aws.put_secret(&id, &secret(&app.client_secret)).await;
    eventually("the new secret is read", async || {
        account.set("next_refresh_at = NULL").await;
        tokens.living_token(account.owner(), account.id()).await.ok().map(drop)
    })
    .await;
}
