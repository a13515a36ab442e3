//! Facebook Login and the Graph API behind it: a world with both apps, and the way through it.

mod consent;
mod deaths;
mod pages;
mod proof;
mod removals;
mod system_user;
mod token;

use serde_json::{Value, json};

use super::{CALLBACK, address, answer, http, query};
use crate::{
    Consent, RemoteMeta,
    meta::{App, Apps, Simulator},
};

pub(super) const APP: (&str, &str) = ("1000000000000001", "0123456789abcdef0123456789abcdef");
pub(super) const INSTAGRAM_APP: (&str, &str) = ("2000000000000002", "fedcba9876543210fedcba9876543210");

const ACCOUNTS: &str = "id,name,access_token,tasks,instagram_business_account{id,username,name,profile_picture_url}";
const SCOPE: &str = "instagram_basic,pages_show_list,pages_read_engagement,pages_manage_metadata";

pub(super) struct World {
    pub(super) simulator: Simulator,
    pub(super) remote: RemoteMeta,
}

impl World {
    pub(super) async fn start() -> Self {
        let app = |(id, secret): (&str, &str)| App { app_id: id.to_owned(), app_secret: secret.to_owned() };
        let apps = Apps { facebook: app(APP), instagram: app(INSTAGRAM_APP) };
        let simulator = Simulator::start(apps).await.unwrap();
        simulator.allow_redirect(CALLBACK);
        let remote = RemoteMeta::at(simulator.url()).unwrap();
        Self { simulator, remote }
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.url())
    }

    /// A good dialog, but for the changes.
    fn login(&self, changes: &[(&str, &str)]) -> String {
        let query = [("client_id", APP.0), ("redirect_uri", CALLBACK), ("state", "state-of-it"), ("scope", SCOPE)];
        address(&self.at("/v26.0/dialog/oauth"), &query, changes)
    }

    async fn code(&self, scope: &str) -> String {
        let location = self.remote.consent(&self.login(&[("scope", scope)]), &Consent::allow()).await.unwrap();
        query(&location, "code").unwrap()
    }

    /// A good exchange of a code, but for the changes.
    async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> (u16, Value) {
        let query = [("client_id", APP.0), ("client_secret", APP.1), ("redirect_uri", CALLBACK), ("code", code)];
        answer(http().get(address(&self.at("/v26.0/oauth/access_token"), &query, changes))).await
    }

    async fn long_lived(&self, token: &str) -> String {
        let query = [("client_id", APP.0), ("client_secret", APP.1), ("grant_type", "fb_exchange_token")];
        let address = address(&self.at("/v26.0/oauth/access_token"), &query, &[("fb_exchange_token", token)]);
        text(&answer(http().get(address)).await.1["access_token"])
    }

    /// A long-lived user token.
    async fn connected(&self, scope: &str) -> String {
        let short = self.exchange(&self.code(scope).await, &[]).await.1;
        self.long_lived(&text(&short["access_token"])).await
    }

    pub(super) async fn get(&self, path: &str, token: &str, query: &[(&str, &str)]) -> (u16, Value) {
        answer(http().get(address(&self.at(path), query, &[])).bearer_auth(token)).await
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_consents_and_the_app_finds_pages_and_their_instagram_accounts() {
    let world = World::start().await;
    let location = world.remote.consent(&world.login(&[]), &Consent::allow()).await.unwrap();
    assert!(location.ends_with("#_=_"), "{location}");
    assert_eq!(query(&location, "state").unwrap(), "state-of-it");
    let short = world.exchange(&query(&location, "code").unwrap(), &[]).await.1;
    let long = world.long_lived(&text(&short["access_token"])).await;
    assert!(long.starts_with("EAA") && long != text(&short["access_token"]));
    let (status, pages) = world.get("/v26.0/me/accounts", &long, &[("fields", ACCOUNTS)]).await;
    assert_eq!(status, 200);
    assert_eq!(pages["data"][0]["instagram_business_account"]["username"], "example_bakery");
    assert_eq!(pages["data"][1].get("instagram_business_account"), None);
    let page = text(&pages["data"][0]["access_token"]);
    let (_, node) = world.get("/v26.0/me", &page, &[]).await;
    assert_eq!(node, json!({ "id": "100200300400500", "name": "Example Bakery" }));
}
