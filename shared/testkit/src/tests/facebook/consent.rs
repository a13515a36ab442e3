use serde_json::json;

use super::{APP, World};
use crate::{
    Consent, RemoteError,
    tests::{answer, http, query},
};

#[tokio::test]
async fn a_mistake_of_the_app_stops_in_the_dialog() {
    let world = World::start().await;
    let mistakes: &[(&str, &[(&str, &str)])] = &[
        ("Invalid App ID", &[("client_id", "1")]),
        ("Invalid parameter", &[("client_secret", APP.1)]),
        ("Invalid parameter", &[("state", "")]),
        ("Invalid parameter", &[("response_type", "token")]),
        ("Invalid parameter", &[("auth_type", "reauthenticate")]),
        ("Invalid parameter", &[("config_id", "1")]),
        ("URL Blocked", &[("redirect_uri", "https://app.example/callback?a=1")]),
        ("Invalid Scopes: instagram_business_basic", &[("scope", "instagram_basic,instagram_business_basic")]),
    ];
    for (start, changes) in mistakes {
        match world.remote.consent(&world.login(changes), &Consent::allow()).await {
            Err(RemoteError::Stopped { text, .. }) => assert!(text.contains(start), "{text}"),
            other => panic!("{changes:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn who_denies_is_sent_back_with_the_state_and_no_code() {
    let world = World::start().await;
    let location = world.remote.consent(&world.login(&[]), &Consent::deny()).await.unwrap();
    assert!(location.contains("error_description=Permissions+error") && location.ends_with("#_=_"), "{location}");
    let said = ["error", "error_reason", "error_code", "state"].map(|name| query(&location, name).unwrap());
    assert_eq!(said, ["access_denied", "user_denied", "200", "state-of-it"]);
    assert_eq!(query(&location, "code"), None);
}

#[tokio::test]
async fn a_declined_permission_is_not_asked_for_again_until_the_app_says_so() {
    let world = World::start().await;
    let only_pages = Consent::only(&["pages_show_list"]);
    world.remote.consent(&world.login(&[("response_type", "code granted_scopes")]), &only_pages).await.unwrap();
    let granted = async |changes: &[(&str, &str)]| {
        let changes: Vec<_> = changes.iter().chain(&[("response_type", "code granted_scopes")]).copied().collect();
        let location = world.remote.consent(&world.login(&changes), &Consent::allow()).await.unwrap();
        query(&location, "granted_scopes").unwrap()
    };
    assert_eq!(granted(&[]).await, "public_profile,pages_show_list");
    let all = "public_profile,instagram_basic,pages_show_list,pages_read_engagement,pages_manage_metadata";
    assert_eq!(granted(&[("auth_type", "rerequest")]).await, all);
}

#[tokio::test]
async fn a_business_app_gets_everything_or_nothing() {
    let world = World::start().await;
    world.remote.change_settings(&json!({ "all_or_nothing": true })).await.unwrap();
    let location = world.remote.consent(&world.login(&[]), &Consent::only(&["pages_show_list"])).await.unwrap();
    let token = world.exchange(&query(&location, "code").unwrap(), &[]).await.1;
    let (_, permissions) = world.get("/v26.0/me/permissions", token["access_token"].as_str().unwrap(), &[]).await;
    let rows = permissions["data"].as_array().unwrap();
    assert!(rows.len() == 5 && rows.iter().all(|row| row["status"] == "granted"), "{rows:?}");
}

#[tokio::test]
async fn a_configuration_stands_for_the_scope() {
    let world = World::start().await;
    let configuration = json!({ "configurations": { "77": { "permissions": ["pages_show_list"] } } });
    world.remote.change_settings(&configuration).await.unwrap();
    let login = world.login(&[("scope", ""), ("config_id", "77"), ("response_type", "code,granted_scopes")]);
    let location = world.remote.consent(&login, &Consent::allow()).await.unwrap();
    assert_eq!(query(&location, "granted_scopes").unwrap(), "public_profile,pages_show_list");
}

#[tokio::test]
async fn there_is_nothing_at_an_address_without_a_version() {
    let world = World::start().await;
    let (status, body) = answer(http().get(world.at("/me/accounts?access_token=x"))).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(2500)));
}
