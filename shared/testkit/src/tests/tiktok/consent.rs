use serde_json::json;

use super::{CHALLENGE, KEY, World};
use crate::{Consent, RemoteError, tests::query};

/// What TikTok's own page names as the mistake.
async fn stopped(world: &World, changes: &[(&str, &str)]) -> String {
    match world.remote.consent(&world.login(changes), &Consent::allow()).await {
        Err(RemoteError::Stopped { status: 400, text }) => text.rsplit_once("error_type=").unwrap().1.to_owned(),
        other => panic!("{changes:?}: {other:?}"),
    }
}

#[tokio::test]
async fn a_mistake_of_the_app_stops_on_the_platforms_page() {
    let world = World::start().await;
    let base64url = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let upper = CHALLENGE.to_uppercase();
    let mistakes: &[(&str, &[(&str, &str)])] = &[
        ("client_key", &[("client_key", "another")]),
        ("client_key", &[("client_id", KEY)]),
        ("client_secret", &[("client_secret", "x")]),
        ("response_type", &[("response_type", "token")]),
        ("scope", &[("scope", "")]),
        ("scope", &[("scope", "user.info.basic user.info.profile")]),
        ("scope", &[("scope", "user.info.basic,research.data.basic")]),
        ("redirect_uri", &[("redirect_uri", "https://app.example/callback/")]),
        ("redirect_uri", &[("redirect_uri", "https://app.example/callback?tenant=1")]),
        ("state", &[("state", "")]),
        ("code_challenge", &[("code_challenge", ""), ("code_challenge_method", "")]),
        ("code_challenge", &[("code_challenge", "")]),
        ("code_challenge", &[("code_challenge", base64url)]),
        ("code_challenge", &[("code_challenge", &upper)]),
        ("code_challenge_method", &[("code_challenge_method", "")]),
        ("code_challenge_method", &[("code_challenge_method", "plain")]),
        ("disable_auto_auth", &[("disable_auto_auth", "true")]),
    ];
    for (error_type, changes) in mistakes {
        assert_eq!(stopped(&world, changes).await, *error_type, "{changes:?}");
    }
}

#[tokio::test]
async fn an_app_may_be_let_off_the_challenge() {
    let world = World::start().await;
    world.remote.change_settings(&json!({ "requires_pkce": false })).await.unwrap();
    let login = world.login(&[("code_challenge", ""), ("code_challenge_method", "")]);
    let location = world.remote.consent(&login, &Consent::allow()).await.unwrap();
    let code = query(&location, "code").unwrap();
    assert_eq!(world.exchange(&code, &[("code_verifier", "")]).await.0, 200);
}

#[tokio::test]
async fn who_denies_is_sent_back_with_the_state_and_no_code() {
    let world = World::start().await;
    let location = world.remote.consent(&world.login(&[]), &Consent::deny()).await.unwrap();
    let said = ["error", "errCode", "state", "code"].map(|name| query(&location, name));
    assert_eq!(
        said,
        [Some("access_denied"), Some("-2"), Some("state-of-this-login"), None].map(|v| v.map(str::to_owned))
    );
}

#[tokio::test]
async fn scopes_can_be_declined_one_by_one_but_for_the_basic_one() {
    let world = World::start().await;
    let location = world.remote.consent(&world.login(&[]), &Consent::only(&["video.publish"])).await.unwrap();
    assert_eq!(query(&location, "scopes").unwrap(), "user.info.basic,video.publish");
    let none = world.remote.consent(&world.login(&[]), &Consent::only(&["video.list"])).await;
    assert!(matches!(none, Err(RemoteError::NotOffered(_))), "{none:?}");
}

#[tokio::test]
async fn whoever_was_added_can_log_in() {
    let world = World::start().await;
    let grace = world.remote.add_person(&json!({ "username": "grace", "display_name": "Grace" })).await.unwrap();
    let again = world.remote.add_person(&json!({ "username": "grace" })).await;
    assert!(matches!(again, Err(RemoteError::Refused { status: 409, .. })), "{again:?}");
    let location = world.remote.consent(&world.login(&[]), &Consent::allow().by("grace")).await.unwrap();
    let (_, token) = world.exchange(&query(&location, "code").unwrap(), &[]).await;
    assert_eq!(token["open_id"], grace["open_id"]);
}

#[tokio::test]
async fn the_page_is_skipped_only_for_who_granted_everything_and_only_if_the_app_lets_it() {
    let world = World::start().await;
    world.remote.change_settings(&json!({ "auto_auth": true })).await.unwrap();
    let narrow = world.login(&[("scope", "user.info.basic")]);
    let (deny, wide) = (Consent::deny(), world.login(&[]));
    let skipped = async |login: &str| {
        let location = world.remote.consent(login, &deny).await.unwrap();
        query(&location, "code").is_some()
    };
    assert!(!skipped(&narrow).await);
    let location = world.remote.consent(&narrow, &Consent::allow()).await.unwrap();
    world.exchange(&query(&location, "code").unwrap(), &[]).await;
    assert!(skipped(&narrow).await);
    assert!(!skipped(&wide).await);
    assert!(!skipped(&world.login(&[("scope", "user.info.basic"), ("disable_auto_auth", "1")])).await);
}
