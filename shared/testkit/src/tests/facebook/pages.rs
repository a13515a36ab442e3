use serde_json::{Value, json};

use super::{World, text};
use crate::{
    Consent,
    tests::{answer, http, query},
};

const ALL: &str = "instagram_basic,pages_show_list,business_management,pages_manage_metadata";

/// Grace, who has three Pages of her own and two by way of a portfolio; all but one lead to one Instagram account.
fn grace() -> Value {
    let account = json!({ "id": "17841400000000009", "username": "grace_shop" });
    let business = |client: bool| json!({ "id": "500", "name": "Example Group", "client": client });
    json!({ "login": "grace", "name": "Grace Example", "pages": [
        { "id": "1", "instagram": account }, { "id": "2", "instagram": account }, { "id": "3" },
        { "id": "4", "instagram": account, "business": business(false) },
        { "id": "5", "instagram": account, "business": business(true), "tasks": ["ANALYZE"] },
    ]})
}

impl World {
    /// A long-lived token of Grace's.
    async fn grace(&self, scope: &str) -> String {
        self.remote.add_person(&grace()).await.unwrap();
        let consent = Consent::allow().by("grace");
        let location = self.remote.consent(&self.login(&[("scope", scope)]), &consent).await.unwrap();
        let short = self.exchange(&query(&location, "code").unwrap(), &[]).await.1;
        self.long_lived(&text(&short["access_token"])).await
    }

    /// What `/me/accounts` answers from a cursor on.
    async fn accounts(&self, token: &str, after: Option<&str>) -> Value {
        let mut query = vec![("fields", "id,access_token"), ("limit", "2")];
        query.extend(after.map(|after| ("after", after)));
        self.get("/v26.0/me/accounts", token, &query).await.1
    }
}

fn ids(answer: &Value) -> Vec<String> {
    answer["data"].as_array().unwrap().iter().map(|row| text(&row["id"])).collect()
}

#[tokio::test]
async fn pages_of_a_portfolio_stay_away_without_the_permission_for_it() {
    let world = World::start().await;
    let token = world.grace("pages_show_list").await;
    assert_eq!(ids(&world.get("/v26.0/me/accounts", &token, &[]).await.1), ["1", "2", "3"]);
    let (status, refusal) = world.get("/v26.0/me/businesses", &token, &[]).await;
    assert_eq!((status, &refusal["error"]["code"]), (403, &json!(200)));
}

#[tokio::test]
async fn a_portfolio_shows_its_own_pages_and_its_clients() {
    let world = World::start().await;
    let token = world.grace(ALL).await;
    let of = async |path: &str| ids(&world.get(path, &token, &[("fields", "id,name")]).await.1);
    assert_eq!(of("/v26.0/me/accounts").await.len(), 5);
    assert_eq!(of("/v26.0/me/businesses").await, ["500"]);
    assert_eq!(of("/v26.0/500/owned_pages").await, ["4"]);
    assert_eq!(of("/v26.0/500/client_pages").await, ["5"]);
    assert_eq!(world.get("/v26.0/501/owned_pages", &token, &[]).await.1["error"]["error_subcode"], 33);
}

#[tokio::test]
async fn answers_may_be_short_or_empty_although_more_follows() {
    let world = World::start().await;
    let token = world.grace(ALL).await;
    world.remote.change_settings(&json!({ "page_sizes": [1, 0] })).await.unwrap();
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let answer = world.accounts(&token, after.as_deref()).await;
        seen.push(ids(&answer));
        if answer["paging"].get("next").is_none() {
            break;
        }
        after = Some(text(&answer["paging"]["cursors"]["after"]));
    }
    assert_eq!(seen, [vec!["1"], vec![], vec!["2", "3"], vec!["4", "5"]]);
}

#[tokio::test]
async fn the_next_address_works_as_it_is() {
    let world = World::start().await;
    let token = world.grace(ALL).await;
    let first = world.accounts(&token, None).await;
    let (status, second) = answer(http().get(text(&first["paging"]["next"]))).await;
    assert_eq!((status, ids(&second)), (200, vec!["3".to_owned(), "4".to_owned()]));
}

#[tokio::test]
async fn what_a_page_does_not_have_fails_the_whole_call() {
    let world = World::start().await;
    let token = world.grace(ALL).await;
    for fields in ["id,nonsense", "id,instagram_business_account{id,account_type}", "id,", "id{"] {
        let (status, refusal) = world.get("/v26.0/me/accounts", &token, &[("fields", fields)]).await;
        assert!(status == 400 && [100, 2500].contains(&refusal["error"]["code"].as_i64().unwrap()), "{refusal}");
    }
    for (name, value) in [("limit", "0"), ("limit", "many"), ("after", "nonsense")] {
        let (_, refusal) = world.get("/v26.0/me/accounts", &token, &[(name, value)]).await;
        assert_eq!(refusal["error"]["code"], 100, "{name}");
    }
}

#[tokio::test]
async fn a_page_is_subscribed_by_its_own_token_and_with_its_own_fields() {
    let world = World::start().await;
    let token = world.grace(ALL).await;
    let page = text(&world.accounts(&token, None).await["data"][0]["access_token"]);
    let subscribe = async |token: &str, fields: &str| {
        let form = [("subscribed_fields", fields)];
        answer(http().post(world.at("/v26.0/1/subscribed_apps")).bearer_auth(token).form(&form)).await
    };
    assert_eq!(subscribe(&token, "feed").await.1["error"]["code"], 210);
    let (status, refusal) = subscribe(&page, "comments").await;
    let message = text(&refusal["error"]["message"]);
    assert_eq!((status, &refusal["error"]["code"]), (400, &json!(100)));
    assert!(message.starts_with("(#100) Param subscribed_fields[0] must be one of {feed, "), "{message}");
    assert_eq!(subscribe(&page, "mention").await, (200, json!({ "success": true })));
    assert_eq!(subscribe(&page, "feed").await.0, 200);
    let (_, list) = world.get("/v26.0/1/subscribed_apps", &page, &[]).await;
    assert_eq!(list["data"][0]["subscribed_fields"], json!(["feed"]));
    assert_eq!(answer(http().delete(world.at("/v26.0/1/subscribed_apps")).bearer_auth(&page)).await.0, 200);
    assert_eq!(world.get("/v26.0/1/subscribed_apps", &page, &[]).await.1, json!({ "data": [] }));
    assert_eq!(world.get("/v26.0/2/subscribed_apps", &page, &[]).await.1["error"]["code"], 100);
}

#[tokio::test]
async fn a_page_is_not_subscribed_without_the_permission_for_it() {
    let world = World::start().await;
    let token = world.grace("pages_show_list").await;
    let page = text(&world.accounts(&token, None).await["data"][0]["access_token"]);
    let form = [("subscribed_fields", "feed")];
    let (_, refusal) = answer(http().post(world.at("/v26.0/1/subscribed_apps")).bearer_auth(page).form(&form)).await;
    assert_eq!(refusal["error"]["code"], 200);
}
