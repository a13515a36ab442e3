//! The platform fails while a code is exchanged. A code works once, so it is sent once, whatever comes of it.

use serde_json::{Value, json};

use super::{Stage, Via};

const TIKTOK: &str = "/v2/oauth/token/";
const FACEBOOK: &str = "/v26.0/oauth/access_token";
const INSTAGRAM: &str = "/oauth/access_token";

/// What may befall any exchange, and what it is called here.
fn faults() -> [(Value, &'static str); 4] {
    [
        (json!({ "status": 503 }), "platform_internal_error"),
        (json!({ "lose_answer": true }), "platform_unavailable"),
        (json!({ "garbage": true }), "platform_answer_unreadable"),
        (json!({ "status": 429 }), "rate_limit_exceeded"),
    ]
}

#[tokio::test]
async fn a_code_is_sent_to_tiktok_once_and_a_failure_leaves_nothing_behind() {
    let mut stage = Stage::open(Via::TikTok).await;
    let refusals = [
        (json!({ "rate_limited": true }), "rate_limit_exceeded"),
        (json!({ "refuse": "invalid_grant" }), "invalid_grant"),
        (json!({ "refuse": "invalid_client" }), "invalid_client"),
        (json!({ "refuse": "invalid_request" }), "platform_invalid_request"),
        (json!({ "refuse": "server_error" }), "server_error"),
        (json!({ "refuse": "brand_new" }), "platform_refused"),
    ];
    for (calls, (fault, code)) in (1..).zip(faults().into_iter().chain(refusals)) {
        stage.next_user().await;
        stage.tiktok.fault(TIKTOK, 1, &fault).await.unwrap();
        let end = stage.connect().await;
        stage.failed(&end, code).await;
        assert_eq!(stage.tiktok.calls_to(TIKTOK).await.unwrap(), calls, "{fault}");
    }
}

#[tokio::test]
async fn a_code_of_facebook_login_is_sent_once_and_a_failure_leaves_nothing_behind() {
    let mut stage = Stage::open(Via::FacebookLogin).await;
    let refusals = [
        (json!({ "rate_limited": true }), "rate_limit_exceeded"),
        (json!({ "refuse": "100/36007" }), "invalid_grant"),
        (json!({ "refuse": "100/36009" }), "invalid_grant"),
        (json!({ "refuse": "2" }), "temporarily_unavailable"),
        (json!({ "refuse": "190/459" }), "account_checkpointed"),
        (json!({ "refuse": "4711" }), "platform_refused"),
    ];
    for (calls, (fault, code)) in (1..).zip(faults().into_iter().chain(refusals)) {
        stage.next_user().await;
        stage.meta.fault(FACEBOOK, 1, &fault).await.unwrap();
        let end = stage.connect().await;
        stage.failed(&end, code).await;
        assert_eq!(stage.meta.calls_to(FACEBOOK).await.unwrap(), calls, "{fault}");
    }
}

#[tokio::test]
async fn a_code_of_instagram_login_is_sent_once_and_a_failure_leaves_nothing_behind() {
    let mut stage = Stage::open(Via::InstagramLogin).await;
    let refusals = [(json!({ "refuse": "OAuthException" }), "invalid_grant")];
    for (calls, (fault, code)) in (1..).zip(faults().into_iter().chain(refusals)) {
        stage.next_user().await;
        stage.meta.fault(INSTAGRAM, 1, &fault).await.unwrap();
        let end = stage.connect().await;
        stage.failed(&end, code).await;
        assert_eq!(stage.meta.calls_to(INSTAGRAM).await.unwrap(), calls, "{fault}");
    }
}

#[tokio::test]
async fn a_login_that_fails_after_the_exchange_leaves_nothing_behind_either() {
    for (via, path, answered) in [
        (Via::FacebookLogin, FACEBOOK, 1),
        (Via::FacebookLogin, "/v26.0/debug_token", 0),
        (Via::FacebookLogin, "/v26.0/me", 0),
        (Via::FacebookLogin, "/v26.0/me/permissions", 0),
        (Via::FacebookLogin, "/v26.0/me/accounts", 0),
        (Via::InstagramLogin, "/access_token", 0),
        (Via::InstagramLogin, "/v26.0/me", 0),
    ] {
        let stage = Stage::open(via).await;
        stage.meta.fault(path, answered, &json!({ "latency_ms": 0 })).await.unwrap();
        stage.meta.fault(path, 2, &json!({ "status": 502 })).await.unwrap();
        let end = stage.connect().await;
        stage.failed(&end, "platform_internal_error").await;
    }
}

#[tokio::test]
async fn what_only_reads_is_asked_once_more_when_the_platform_stumbles() {
    let stage = Stage::open(Via::FacebookLogin).await;
    for path in ["/v26.0/debug_token", "/v26.0/me", "/v26.0/me/permissions", "/v26.0/me/accounts"] {
        stage.meta.fault(path, 1, &json!({ "lose_answer": true })).await.unwrap();
    }
    let end = stage.connect().await;
    assert_eq!(end["connected"], "instagram", "{end}");
}

#[tokio::test]
async fn an_account_whose_name_can_not_be_read_is_connected_without_it() {
    let stage = Stage::open(Via::TikTok).await;
    stage.tiktok.fault("/v2/user/info/", 2, &json!({ "refuse": "internal_error" })).await.unwrap();
    let end = stage.connect().await;
    assert_eq!(end["connected"], "tiktok", "{end}");
    assert_eq!(stage.accounts().await[0]["displayName"], Value::Null);
}
