//! People grant what they want, and what was granted counts, not what was asked for.

use serde_json::{Value, json};
use testkit::Consent;

use super::{Stage, Via};

#[tokio::test]
async fn a_tiktok_account_is_connected_with_what_was_granted() {
    let stage = Stage::open(Via::TikTok).await;
    let end = stage.connect_as("", &stage.via.by(Consent::only(&[]))).await;
    assert_eq!(end["connected"], "tiktok", "{end}");
    let account = &stage.accounts().await[0];
    assert_eq!((&account["scopes"], &account["displayName"]), (&json!(["user.info.basic"]), &json!("Example Shop")));

    stage.connect_as("", &stage.via.by(Consent::only(&["video.publish"]))).await;
    let accounts = stage.accounts().await;
    let scopes: Vec<_> = accounts.iter().map(|account| &account["scopes"]).collect();
    assert_eq!(scopes, [&json!(["user.info.basic", "video.publish"])], "the same account, granted more");
}

#[tokio::test]
async fn the_app_may_ask_for_less_than_is_configured() {
    let stage = Stage::open(Via::TikTok).await;
    stage.connect_as("scopes=user.info.basic,video.list", &stage.via.allowed()).await;
    assert_eq!(stage.accounts().await[0]["scopes"], json!(["user.info.basic", "video.list"]));
}

#[tokio::test]
async fn a_facebook_login_without_what_it_needs_connects_nothing() {
    let mut stage = Stage::open(Via::FacebookLogin).await;
    for granted in [&[][..], &["instagram_basic"], &["pages_show_list", "instagram_content_publish"]] {
        stage.next_user().await;
        // Meta asks again for what was declined only when it's told to.
        let end = stage.connect_as("reconnect=true", &stage.via.by(Consent::only(granted))).await;
        stage.failed(&end, "scope_not_authorized").await;
    }
}

#[tokio::test]
async fn who_declined_publishing_on_facebook_is_asked_again_when_they_reconnect() {
    let stage = Stage::open(Via::FacebookLogin).await;
    let required = Consent::only(&["instagram_basic", "pages_show_list"]);
    stage.connect_as("", &stage.via.by(required)).await;
    assert!(!can_publish(&stage).await);

    stage.connect().await;
    assert!(!can_publish(&stage).await, "Meta doesn't ask again by itself");

    stage.connect_as("reconnect=true", &stage.via.allowed()).await;
    assert!(can_publish(&stage).await);
}

#[tokio::test]
async fn who_declines_publishing_on_instagram_is_connected_and_can_not_publish() {
    let stage = Stage::open(Via::InstagramLogin).await;
    let comments = Consent::only(&["instagram_business_manage_comments"]);
    let end = stage.connect_as("", &stage.via.by(comments)).await;
    assert_eq!(end["connected"], "instagram", "{end}");
    let granted = json!(["instagram_business_basic", "instagram_business_manage_comments"]);
    assert_eq!(stage.accounts().await[0]["scopes"], granted);
    assert!(!can_publish(&stage).await);
}

/// Whether the user may publish to their only Instagram account.
async fn can_publish(stage: &Stage) -> bool {
    let accounts = stage.accounts().await;
    assert_eq!(accounts.len(), 1, "{accounts:?}");
    accounts[0]["instagramAccounts"][0]["canPublish"] == Value::Bool(true)
}
