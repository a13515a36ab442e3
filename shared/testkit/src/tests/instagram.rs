//! Instagram Login.

use serde_json::{Value, json};

use super::{
    CALLBACK, address, answer,
    facebook::{APP, INSTAGRAM_APP, World, text},
    http, query,
};
use crate::{Consent, RemoteError};

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

#[tokio::test]
async fn a_mistake_of_the_app_stops_on_the_platforms_page() {
    let world = World::start().await;
    let mistakes = [
        ("client_id", APP.0),
        ("response_type", ""),
        ("scope", "instagram_business_manage_comments"),
        ("scope", "instagram_business_basic,business_basic"),
        ("scope", "instagram_basic"),
        ("redirect_uri", "https://app.example/other"),
        ("force_reauth", "perhaps"),
    ];
    for change in mistakes {
        let stopped = world.remote.consent(&world.instagram_login(&[change]), &Consent::allow()).await;
        assert!(matches!(stopped, Err(RemoteError::Stopped { status: 400, .. })), "{change:?}: {stopped:?}");
    }
}

#[tokio::test]
async fn its_token_endpoint_has_an_error_shape_of_its_own() {
    let world = World::start().await;
    let code = world.instagram_code().await;
    let (status, refusal) = world.instagram_exchange(&code, APP.1).await;
    assert_eq!((status, &refusal["error_type"], &refusal["code"]), (400, &json!("OAuthException"), &json!(400)));
    assert_eq!(world.instagram_exchange(&format!("{code}#_"), INSTAGRAM_APP.1).await.0, 400);
    assert_eq!(world.instagram_exchange(&code, INSTAGRAM_APP.1).await.0, 200);
    assert_eq!(world.instagram_exchange(&code, INSTAGRAM_APP.1).await.0, 400);
}

#[tokio::test]
async fn the_token_answer_comes_in_other_shapes() {
    let world = World::start().await;
    world.remote.change_settings(&json!({ "flat_token_answer": true, "permission_list": true })).await.unwrap();
    let (_, token) = world.instagram_exchange(&world.instagram_code().await, INSTAGRAM_APP.1).await;
    assert_eq!(token["permissions"], json!(SCOPE.split(',').collect::<Vec<_>>()));
    assert!(token["access_token"].is_string());
}

#[tokio::test]
async fn a_form_in_parts_is_understood() {
    let world = World::start().await;
    let code = world.instagram_code().await;
    let fields = [
        ("client_id", INSTAGRAM_APP.0),
        ("client_secret", INSTAGRAM_APP.1),
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("code", &code),
    ];
    let part = |(name, value)| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let body = fields.into_iter().map(part).collect::<String>() + "--b--\r\n";
    let request =
        http().post(world.at("/oauth/access_token")).header("content-type", "multipart/form-data; boundary=b");
    assert_eq!(answer(request.body(body)).await.0, 200);
}

#[tokio::test]
async fn a_token_is_refreshed_between_its_first_day_and_its_end() {
    let world = World::start().await;
    let (_, short) = world.instagram_exchange(&world.instagram_code().await, INSTAGRAM_APP.1).await;
    let short = text(&short["data"][0]["access_token"]);
    let long = text(&world.instagram_long_lived(&short).await.1["access_token"]);
    let refresh = async |token: &str| {
        let query = [("grant_type", "ig_refresh_token"), ("access_token", token)];
        answer(http().get(address(&world.at("/refresh_access_token"), &query, &[]))).await
    };
    assert_eq!(refresh(&long).await.1["error"]["code"], 100);
    world.remote.advance(24 * 3_600).await.unwrap();
    let (status, fresh) = refresh(&long).await;
    assert_eq!((status, &fresh["expires_in"]), (200, &json!(5_183_944)));
    assert_eq!(refresh(&short).await.1["error"]["error_subcode"], 463);
    let (_, refusal) = answer(http().post(world.at("/refresh_access_token"))).await;
    assert_eq!(refusal["error"]["message"], "Unsupported request - method type: post");
    world.remote.change_settings(&json!({ "refresh_keeps_token": true })).await.unwrap();
    assert_eq!(refresh(&long).await.1["access_token"], json!(long));
    world.remote.advance(5_183_944).await.unwrap();
    assert_eq!(refresh(&long).await.1["error"]["code"], 190);
}

#[tokio::test]
async fn an_account_is_subscribed_with_instagrams_fields() {
    let world = World::start().await;
    let (_, short) = world.instagram_exchange(&world.instagram_code().await, INSTAGRAM_APP.1).await;
    let token = text(&short["data"][0]["access_token"]);
    let subscribe = async |fields: &str| {
        let form = [("subscribed_fields", fields)];
        answer(http().post(world.at("/v26.0/me/subscribed_apps")).bearer_auth(&token).form(&form)).await
    };
    assert_eq!(subscribe("feed").await.1["error"]["code"], 100);
    assert_eq!(subscribe("comments,mentions").await.0, 200);
    assert_eq!(world.get("/v26.0/me/accounts", &token, &[]).await.1["error"]["code"], 190);
}
