//! The consent page says no, or sends the person back with something else than a code.

use serde_json::json;
use testkit::Consent;

use super::{Stage, Via, told};

#[tokio::test]
async fn who_says_no_comes_back_to_the_app_and_nothing_is_asked_of_the_platform() {
    for (via, exchange) in [
        (Via::TikTok, "/v2/oauth/token/"),
        (Via::FacebookLogin, "/v26.0/oauth/access_token"),
        (Via::InstagramLogin, "/oauth/access_token"),
    ] {
        let stage = Stage::open(via).await;
        let end = stage.connect_as("", &Consent::deny()).await;
        stage.failed(&end, "access_denied").await;
        let calls = (stage.tiktok.calls_to(exchange).await.unwrap(), stage.meta.calls_to(exchange).await.unwrap());
        assert_eq!(calls, (0, 0), "{via:?}");
    }
}

#[tokio::test]
async fn a_refusal_without_a_state_ends_the_newest_login_of_the_browser() {
    let stage = Stage::open(Via::TikTok).await;
    stage.tiktok.change_settings(&json!({ "state_on_denial": false })).await.unwrap();
    let (older, newer) = (stage.start("returnTo=/older").await, stage.start("returnTo=/newer").await);
    let location = stage.consent(&newer, &Consent::deny()).await;
    assert!(!location.contains("state="), "{location}");
    let stranger = stage.come_back(&location, Some("__Host-connect-0011223344556677=forged")).await;
    assert_eq!((stranger.status, stranger.code().as_str()), (403, "state_mismatch"));

    let both = format!("{}; other=1; {}", older.cookie, newer.cookie);
    let answer = stage.come_back(&location, Some(&both)).await;
    assert_eq!(told(&answer)["error"], "access_denied");
    assert!(answer.header("location").unwrap().contains("/newer?"), "{answer:?}");
    let (name, _) = newer.cookie.split_once('=').unwrap();
    assert!(answer.header("set-cookie").unwrap().starts_with(name), "{answer:?}");

    let location = stage.consent(&older, &stage.via.allowed()).await;
    assert_eq!(told(&stage.come_back(&location, Some(&both)).await)["connected"], "tiktok", "the older one lives on");
    let without_state = location.split("&state=").next().unwrap();
    assert_eq!(stage.come_back(without_state, Some(&both)).await.status, 403, "a code needs its state");
}

#[tokio::test]
async fn a_link_to_instagrams_callback_without_a_state_ends_nobodys_login() {
    for via in [Via::FacebookLogin, Via::InstagramLogin] {
        let stage = Stage::open(via).await;
        let login = stage.start("").await;
        let location = stage.consent(&login, &via.allowed()).await;
        let (callback, _) = location.split_once('?').unwrap();
        for link in [callback.to_owned(), format!("{callback}?error=access_denied")] {
            let answer = stage.come_back(&link, Some(&login.cookie)).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "state_mismatch"), "{link}");
        }
        assert_eq!(told(&stage.come_back(&location, Some(&login.cookie)).await)["connected"], "instagram");
    }
}

#[tokio::test]
async fn what_tiktok_says_instead_of_a_code_is_told_in_our_words() {
    let mut stage = Stage::open(Via::TikTok).await;
    for (members, code) in [
        ("error=access_denied&error_description=The+user+said+no&errCode=-2", "access_denied"),
        ("errCode=-2", "access_denied"),
        ("error=invalid_scope", "invalid_scope"),
        ("error=server_error", "server_error"),
        ("error=temporarily_unavailable", "temporarily_unavailable"),
        ("error=unauthorized_client", "unauthorized_client"),
        ("error=param_error&errCode=10007&error_type=code_challenge", "param_error"),
        ("error=non_sandbox_target", "non_sandbox_target"),
        ("error=brand_new", "platform_refused"),
        ("code=", "platform_refused"),
        ("", "platform_refused"),
    ] {
        refused(&mut stage, members, code).await;
    }
}

#[tokio::test]
async fn what_meta_says_instead_of_a_code_is_told_in_our_words() {
    for via in [Via::FacebookLogin, Via::InstagramLogin] {
        let mut stage = Stage::open(via).await;
        for (members, code) in [
            ("error=access_denied&error_reason=user_denied&error_code=200", "access_denied"),
            ("error=access_denied", "access_denied"),
            ("error_code=200&error_message=Permissions+error", "scope_not_authorized"),
            ("error_code=2&error_message=Try+later", "temporarily_unavailable"),
            ("error=brand_new&error_code=2", "platform_refused"),
            ("code=", "platform_refused"),
            ("", "platform_refused"),
        ] {
            refused(&mut stage, members, code).await;
        }
    }
}

/// A redirect with these members ends the login with this code.
async fn refused(stage: &mut Stage, members: &str, code: &str) {
    stage.next_user().await;
    let login = stage.start("").await;
    let end = told(&stage.come_back(&login.back_with(members), Some(&login.cookie)).await);
    stage.failed(&end, code).await;
}
