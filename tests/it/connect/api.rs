//! Through the public API of the stack and its simulators, as a browser does it.

use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};
use testkit::Consent;

use super::{Login, told};
use crate::support::{Answer, World, eventually, unique};

pub(super) async fn start(world: &World, token: &str, platform: &str, query: &str) -> Login {
    Login::of(&world.api.get(&format!("/api/auth/{platform}{query}"), Some(token)).await)
}

/// Follows the platform's redirect, with or without the cookie, and goes no further.
async fn come_back(location: &str, cookie: Option<&str>) -> Answer {
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let request = client.request(Method::GET, location);
    Answer::of(cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie))).await
}

/// The user's account with this id, as the API lists it.
async fn listed(world: &World, token: &str, id: &str) -> Value {
    let page = world.api.get("/api/accounts?limit=100", Some(token)).await.json();
    let items = page["items"].as_array().unwrap().clone();
    let id: i64 = id.parse().unwrap();
    items.into_iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("no account {id}"))
}

#[tokio::test]
async fn a_tiktok_account_is_connected_seen_and_reconnected() {
    let world = World::open().await;
    let token = &world.stack.users[0].token;
    let name = format!("u{}", unique());
    world.platforms.tiktok.add_person(&json!({ "username": name, "display_name": "Ada" })).await.unwrap();
    let person = Consent::allow().by(&name);

    let login = start(&world, token, "tiktok", "").await;
    let location = world.platforms.tiktok.consent(&login.url, &person).await.unwrap();
    let first = told(&come_back(&location, Some(&login.cookie)).await);

    assert_eq!(first["connected"], "tiktok", "{first}");
    let id = first["accountId"].as_str().unwrap();
    let account = listed(&world, token, id).await;
    assert_eq!((&account["displayName"], &account["status"]), (&json!("Ada"), &json!("active")), "{account}");
    let again = start(&world, token, "tiktok", "?reconnect=true").await;
    assert!(again.url.contains("disable_auto_auth=1"), "{}", again.url);
    let location = world.platforms.tiktok.consent(&again.url, &person).await.unwrap();
    assert_eq!(told(&come_back(&location, Some(&again.cookie)).await), first, "the same row");
}

#[tokio::test]
async fn a_login_is_worth_something_once_and_in_its_own_browser_only() {
    let world = World::open().await;
    let token = &world.stack.users[0].token;
    let login = start(&world, token, "tiktok", "").await;
    let other = start(&world, token, "tiktok", "").await;
    let location = world.platforms.tiktok.consent(&login.url, &Consent::deny()).await.unwrap();
    for cookie in [None, Some(other.cookie.as_str()), Some("__Host-connect-0=forged")] {
        let answer = come_back(&location, cookie).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "state_mismatch"));
    }
    let declined = told(&come_back(&location, Some(&login.cookie)).await);
    assert_eq!((&declined["error"], &declined["platform"]), (&json!("access_denied"), &json!("tiktok")));
    assert!(declined["message"].as_str().unwrap().contains("Access was not granted"), "{declined}");
    let twice = told(&come_back(&location, Some(&login.cookie)).await);
    assert_eq!(twice["error"], "state_expired");
}

#[tokio::test]
async fn an_account_of_another_user_is_refused_and_stays_theirs() {
    let world = World::open().await;
    let name = format!("u{}", unique());
    world.platforms.tiktok.add_person(&json!({ "username": name, "display_name": "Ada" })).await.unwrap();
    let mut ends = Vec::new();
    for user in &world.stack.users {
        let login = start(&world, &user.token, "tiktok", "").await;
        let location = world.platforms.tiktok.consent(&login.url, &Consent::allow().by(&name)).await.unwrap();
        ends.push(told(&come_back(&location, Some(&login.cookie)).await));
    }
    assert_eq!(ends[1]["error"], "account_connected_elsewhere", "{ends:?}");
    let id = ends[0]["accountId"].as_str().unwrap();
    assert_eq!(listed(&world, &world.stack.users[0].token, id).await["status"], "active");
}

#[tokio::test]
async fn a_facebook_login_brings_the_instagram_accounts_of_its_pages_and_subscribes_them() {
    let world = World::open().await;
    let token = &world.stack.users[0].token;
    let (name, ig_id, page_id) = (format!("u{}", unique()), unique(), unique());
    let page = json!({ "id": page_id, "tasks": ["MANAGE"], "instagram": { "id": ig_id, "username": name } });
    let empty = json!({ "id": unique(), "tasks": ["MANAGE"] });
    world.platforms.meta.add_person(&json!({ "login": name, "pages": [page, empty] })).await.unwrap();

    let login = start(&world, token, "instagram", "").await;
    let location = world.platforms.meta.consent(&login.url, &Consent::allow().by(&name)).await.unwrap();
    let end = come_back(location.split('#').next().unwrap(), Some(&login.cookie)).await;
    let connected = told(&end);

    assert_eq!(connected["connected"], "instagram", "{connected}");
    assert!(end.header("location").unwrap().ends_with('#'), "Facebook's fragment would come along: {end:?}");
    let account = listed(&world, token, connected["accountId"].as_str().unwrap()).await;
    let reached = &account["instagramAccounts"];
    assert_eq!(reached.as_array().unwrap().len(), 1, "{account}");
    assert_eq!((&reached[0]["igBusinessId"], &reached[0]["canPublish"]), (&json!(ig_id), &json!(true)));
    eventually("the account is subscribed", async || {
        let sql = "SELECT 1 FROM instagram_accounts WHERE ig_business_id = $1 AND subscribed_at IS NOT NULL";
        world.tables.rows(sql, &[&ig_id]).await.first().map(drop)
    })
    .await;
}
