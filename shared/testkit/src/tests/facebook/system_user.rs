//! Tokens of a portfolio's system user, by Facebook Login for Business.

use serde_json::{Value, json};

use super::{APP, World, text};
use crate::{
    Consent, RemoteError,
    tests::{answer, http, query},
};

/// The system user of the portfolio 500.
const USER: &str = "6150500";

impl World {
    /// Grace has a Page in a portfolio and one of her own; two configurations are for the portfolio's system user.
    async fn with_portfolio() -> Self {
        let world = Self::start().await;
        let business = json!({ "id": "500", "name": "Example Group" });
        let pages = json!([{ "id": "4", "name": "Shop", "business": business }, { "id": "5" }]);
        world.remote.add_person(&json!({ "login": "grace", "pages": pages })).await.unwrap();
        let configuration = |lifetime: Option<i64>| {
            let permissions = ["instagram_basic", "pages_show_list", "business_management"];
            json!({ "permissions": permissions, "system_user": true, "token_lifetime_s": lifetime })
        };
        let configurations = json!({ "1": configuration(None), "60": configuration(Some(5_184_000)) });
        world.remote.change_settings(&json!({ "configurations": configurations })).await.unwrap();
        world
    }

    async fn configured(&self, id: &str, person: &str) -> Result<String, RemoteError> {
        let login = self.login(&[("scope", ""), ("config_id", id)]);
        self.remote.consent(&login, &Consent::only(&[]).by(person)).await
    }

    async fn system_user(&self, id: &str, changes: &[(&str, &str)]) -> Value {
        let location = self.configured(id, "grace").await.unwrap();
        self.exchange(&query(&location, "code").unwrap(), changes).await.1
    }
}

#[tokio::test]
async fn a_system_user_s_token_never_ends_and_reaches_its_portfolio_only() {
    let world = World::with_portfolio().await;
    for changes in [&[][..], &[("redirect_uri", "")]] {
        let token = world.system_user("1", changes).await;
        assert_eq!(token.get("expires_in"), None);
        let token = text(&token["access_token"]);
        let facts = world.debug(&token).await;
        assert_eq!((&facts["type"], &facts["expires_at"]), (&json!("SYSTEM_USER"), &json!(0)));
        let (_, me) = world.get("/v26.0/me", &token, &[("fields", "id,client_business_id")]).await;
        assert_eq!(me, json!({ "id": USER, "client_business_id": "500" }));
        let (_, pages) = world.get("/v26.0/me/accounts", &token, &[]).await;
        assert_eq!((pages["data"].as_array().unwrap().len(), &pages["data"][0]["id"]), (1, &json!("4")));
        world.remote.advance(100_000_000).await.unwrap();
        let (status, page) = world.get("/v26.0/me", &text(&pages["data"][0]["access_token"]), &[]).await;
        assert_eq!((status, &page["name"]), (200, &json!("Shop")));
    }
}

#[tokio::test]
async fn a_configuration_can_give_it_sixty_days() {
    let world = World::with_portfolio().await;
    let token = world.system_user("60", &[]).await;
    assert_eq!(token["expires_in"], 5_184_000);
    world.remote.advance(5_184_000).await.unwrap();
    let (_, refusal) = world.get("/v26.0/me", &text(&token["access_token"]), &[]).await;
    assert_eq!(refusal["error"]["error_subcode"], 463);
}

#[tokio::test]
async fn it_needs_a_portfolio_and_takes_no_scope() {
    let world = World::with_portfolio().await;
    let stopped = |result| matches!(result, Err(RemoteError::Stopped { status: 400, .. }));
    assert!(stopped(world.configured("1", "ada").await));
    assert!(stopped(world.remote.consent(&world.login(&[("config_id", "1")]), &Consent::allow()).await));
}

#[tokio::test]
async fn it_is_not_exchanged_and_ends_when_the_portfolio_removes_the_app() {
    let world = World::with_portfolio().await;
    let token = text(&world.system_user("1", &[]).await["access_token"]);
    let address = world.at("/v26.0/oauth/access_token");
    let form = [
        ("grant_type", "fb_exchange_token"),
        ("client_id", APP.0),
        ("client_secret", APP.1),
        ("fb_exchange_token", &token),
    ];
    assert_eq!(answer(http().post(address).form(&form)).await.1["error"]["code"], 100);
    world.remote.remove_app("grace").await.unwrap();
    assert_eq!(world.remote.living_tokens().await.unwrap().len(), 1);
    world.remote.remove_app(USER).await.unwrap();
    assert!(world.remote.living_tokens().await.unwrap().is_empty());
}
