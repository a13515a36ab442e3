//! What auth-start refuses, and what it passes on.

use serde_json::json;
use testkit::Consent;

use super::{Stage, Via, told};

#[tokio::test]
async fn people_are_sent_back_to_allowed_addresses_only() {
    let addresses = ("RETURN_ADDRESSES", "https://app.example.com/settings");
    let stage = Stage::with(Via::TikTok, &[addresses]).await;
    for address in
        ["https://evil.example/settings", "//evil.example/settings", "https://app.example.com/", "/settingsx"]
    {
        let answer = stage.ask(&format!("returnTo={address}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "return_address_not_allowed"), "{address}");
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert_eq!(stage.audit().await, [""; 0], "nothing was started");

    let login = stage.start("returnTo=/settings/accounts%3Ftab%3Dsocial%26error%3Dold%23top").await;
    let location = stage.consent(&login, &Consent::deny()).await;
    let answer = stage.come_back(&location, Some(&login.cookie)).await;
    assert_eq!(told(&answer)["error"], "access_denied");
    let address = answer.header("location").unwrap();
    let kept = "https://app.example.com/settings/accounts?tab=social&error=access_denied&platform=tiktok&";
    assert!(address.starts_with(kept) && address.ends_with("#top"), "{address}");
}

#[tokio::test]
async fn scopes_that_are_not_configured_or_leave_out_what_a_login_needs_are_refused_by_name() {
    for (via, scopes, named) in [
        (Via::TikTok, "user.info.basic,research.data", json!(["research.data"])),
        (Via::TikTok, "video.publish", json!(["user.info.basic"])),
        (Via::FacebookLogin, "instagram_content_publish", json!(["instagram_basic", "pages_show_list"])),
        (Via::InstagramLogin, "instagram_business_content_publish", json!(["instagram_business_basic"])),
    ] {
        let stage = Stage::open(via).await;
        let answer = stage.ask(&format!("scopes={scopes}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_scope"), "{answer:?}");
        assert_eq!(answer.json()["error"]["details"]["scopes"], named);
    }
}

#[tokio::test]
async fn a_token_of_somebody_who_is_no_user_starts_nothing() {
    let mut stage = Stage::open(Via::TikTok).await;
    stage.user += i64::from(i32::MAX);
    let answer = stage.ask("").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "unauthenticated"), "{answer:?}");
}
