use serde_json::{Value, json};

use super::{
    CALLBACK, address, answer,
    facebook::{INSTAGRAM_APP, World, text},
    http, query,
};
use crate::Consent;

const SCOPE: &str = "instagram_business_basic,instagram_business_manage_comments";

impl World {
    /// A good authorization request of Instagram Login, but for the changes.
    fn instagram_login(&self, changes: &[(&str, &str)]) -> String {
        let query = [
            ("client_id", INSTAGRAM_APP.0),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("state", "state-of-it"),
        ];
        address(&self.at("/oauth/authorize"), &query, changes)
    }

    async fn instagram_code(&self) -> String {
        let location = self.remote.consent(&self.instagram_login(&[]), &Consent::allow()).await.unwrap();
        assert!(location.ends_with("#_"), "{location}");
        query(&location, "code").unwrap()
    }

    async fn instagram_exchange(&self, code: &str, secret: &str) -> (u16, Value) {
        let form = [
            ("client_id", INSTAGRAM_APP.0),
            ("client_secret", secret),
            ("grant_type", "authorization_code"),
            ("redirect_uri", CALLBACK),
            ("code", code),
        ];
        answer(http().post(self.at("/oauth/access_token")).form(&form)).await
    }

    async fn instagram_long_lived(&self, short: &str) -> (u16, Value) {
        let query = [("grant_type", "ig_exchange_token"), ("client_secret", INSTAGRAM_APP.1), ("access_token", short)];
        answer(http().get(address(&self.at("/access_token"), &query, &[]))).await
    }
}

#[tokio::test]
async fn an_instagram_account_consents_and_the_app_reads_its_profile() {
    let world = World::start().await;
    let (status, short) = world.instagram_exchange(&world.instagram_code().await, INSTAGRAM_APP.1).await;
    assert_eq!((status, &short["data"][0]["permissions"]), (200, &json!(SCOPE)));
    let (_, long) = world.instagram_long_lived(&text(&short["data"][0]["access_token"])).await;
    let token = text(&long["access_token"]);
    assert!(token.starts_with("IG"));
    let fields = [("fields", "id,user_id,username,account_type")];
    let (_, me) = world.get("/v26.0/me", &token, &fields).await;
    let account = json!({
        "id": "26000000000000001", "user_id": 17_841_400_000_000_001_u64, "username": "example_bakery",
        "account_type": "BUSINESS",
    });
    assert_eq!(me, account);
}
