//! Meta's other login: an Instagram account by itself, without a Page.

use serde_json::{Value, json};
use testkit::Consent;

use super::{Stage, Via, told};

#[tokio::test]
async fn an_instagram_account_is_connected_seen_and_reconnected() {
    let (stage, person, account) = bakery().await;
    let first = stage.connect_as("", &person).await;
    assert_eq!(first["connected"], "instagram", "{first}");
    let seen = &stage.accounts().await[0];
    assert_eq!(seen["id"].to_string(), first["accountId"]);
    assert_eq!((&seen["openId"], &seen["displayName"]), (&account["id"], &json!("The Bakery")), "{seen}");
    let behind = &seen["instagramAccounts"];
    assert_eq!(behind.as_array().unwrap().len(), 1);
    assert_eq!((&behind[0]["igBusinessId"], &behind[0]["username"]), (&account["id"], &json!("bakery.alone")));
    assert_eq!((&behind[0]["canPublish"], &seen["status"]), (&json!(true), &json!("active")));

    let again = stage.start("reconnect=true").await;
    assert!(again.url.contains("force_reauth=true"), "{}", again.url);
    let location = stage.consent(&again, &person).await;
    assert_eq!(told(&stage.come_back(&location, Some(&again.cookie)).await), first, "the same row");
    let steps = ["connect_started success", "connected success"];
    assert_eq!(stage.audit().await, [steps, steps].concat());
    assert_eq!(stage.stored().await, (1, 1));
}

#[tokio::test]
async fn every_shape_of_its_token_answer_is_understood() {
    let (stage, person, _) = bakery().await;
    for (flat, list) in [(true, false), (true, true), (false, true)] {
        let settings = json!({ "flat_token_answer": flat, "permission_list": list });
        stage.meta.change_settings(&settings).await.unwrap();
        let end = stage.connect_as("", &person).await;
        assert_eq!(end["connected"], "instagram", "{settings}: {end}");
        assert_eq!(stage.accounts().await[0]["scopes"].as_array().unwrap().len(), 4, "{settings}");
    }
}

#[tokio::test]
async fn an_account_of_another_user_is_refused_and_stays_theirs() {
    let (mut stage, person, _) = bakery().await;
    stage.connect_as("", &person).await;
    let owner = stage.user;
    stage.next_user().await;
    let end = stage.connect_as("", &person).await;
    stage.failed(&end, "account_connected_elsewhere").await;
    stage.user = owner;
    assert_eq!(stage.accounts().await[0]["status"], "active");
}

#[tokio::test]
async fn one_account_by_both_logins_is_two_connections_of_which_none_ends_the_other() {
    let mut stage = Stage::open(Via::FacebookLogin).await;
    let login = stage.start("").await;
    let location = stage.consent(&login, &Via::FacebookLogin.allowed()).await;
    stage.switch(Via::InstagramLogin).await;
    let by_instagram = stage.connect().await;
    // Who was away while the deployment changed its mind finishes what they began.
    let by_facebook = told(&stage.come_back(&location, Some(&login.cookie)).await);
    assert_eq!((&by_instagram["connected"], &by_facebook["connected"]), (&json!("instagram"), &json!("instagram")));
    assert_ne!(by_instagram["accountId"], by_facebook["accountId"]);
    let accounts = stage.accounts().await;
    assert_eq!(accounts.len(), 2);
    let [one, other] = [0, 1].map(|index| &accounts[index]["instagramAccounts"][0]);
    assert_eq!(one["igBusinessId"], other["igBusinessId"], "{accounts:?}");
    assert_ne!(one["id"], other["id"]);
}

/// A professional account without a Page.
async fn bakery() -> (Stage, Consent, Value) {
    let stage = Stage::open(Via::InstagramLogin).await;
    let person = json!({ "instagram_accounts": [{ "username": "bakery.alone", "name": "The Bakery" }] });
    let person = stage.meta.add_person(&person).await.unwrap();
    (stage, Consent::allow().by("bakery.alone"), person["instagram_accounts"][0].clone())
}
