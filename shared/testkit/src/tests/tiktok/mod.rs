//! TikTok: a world with one registered app, and the way through it.

mod consent;
mod profile;
mod publishing;
mod removals;
mod rotation;
mod token;

use serde_json::{Value, json};

use super::{CALLBACK, address, answer, http, query};
use crate::{
    Consent, RemoteTikTok,
    tiktok::{App, Simulator},
};

pub(super) const KEY: &str = "awexampleclientkey";
pub(super) const SECRET: &str = "example-client-secret";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3";

pub(super) struct World {
    pub(super) simulator: Simulator,
    pub(super) remote: RemoteTikTok,
}

impl World {
    pub(super) async fn start() -> Self {
        let app = App { client_key: KEY.to_owned(), client_secret: SECRET.to_owned() };
        let simulator = Simulator::start(app).await.unwrap();
        simulator.allow_redirect(CALLBACK);
        let remote = RemoteTikTok::at(simulator.url()).unwrap();
        Self { simulator, remote }
    }

    /// A good authorization request, but for the changes.
    pub(super) fn login(&self, changes: &[(&str, &str)]) -> String {
        let query = [
            ("client_key", KEY),
            ("response_type", "code"),
            ("scope", "user.info.basic,user.info.profile,video.publish"),
            ("redirect_uri", CALLBACK),
            ("state", "state-of-this-login"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        address(&format!("{}/v2/auth/authorize/", self.simulator.url()), &query, changes)
    }

    async fn code(&self) -> String {
        let location = self.remote.consent(&self.login(&[]), &Consent::allow()).await.unwrap();
        query(&location, "code").unwrap()
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        answer(http().post(format!("{}{path}", self.simulator.url())).form(form)).await
    }

    /// A good exchange of a code, but for the changes.
    pub(super) async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> (u16, Value) {
        let form = [
            ("client_key", KEY),
            ("client_secret", SECRET),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let kept = form.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let form: Vec<_> = kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
        self.post("/v2/oauth/token/", &form).await
    }

    pub(super) async fn connected(&self) -> Value {
        self.exchange(&self.code().await, &[]).await.1
    }

    pub(super) async fn refresh(&self, token: &Value) -> (u16, Value) {
        let token = token["refresh_token"].as_str().unwrap();
        let form =
            [("client_key", KEY), ("client_secret", SECRET), ("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post("/v2/oauth/token/", &form).await
    }

    pub(super) async fn user_info(&self, token: &Value, fields: &str) -> (u16, Value) {
        let address = format!("{}/v2/user/info/?fields={fields}", self.simulator.url());
        answer(http().get(address).bearer_auth(token["access_token"].as_str().unwrap())).await
    }
}

#[tokio::test]
async fn a_person_consents_and_the_app_reads_the_profile() {
    let world = World::start().await;
    let location = world.remote.consent(&world.login(&[]), &Consent::allow()).await.unwrap();
    assert_eq!(query(&location, "state").unwrap(), "state-of-this-login");
    assert_eq!(query(&location, "scopes").unwrap(), "user.info.basic,user.info.profile,video.publish");
    let code = query(&location, "code").unwrap();
    assert!(code.len() >= 200 && location.contains("%2A") && location.contains("%21"), "{location}");
    let (status, token) = world.exchange(&code, &[]).await;
    assert_eq!((status, &token["token_type"], &token["expires_in"]), (200, &json!("Bearer"), &json!(7200)));
    let (status, body) = world.user_info(&token, "open_id,display_name,username").await;
    let user = json!({ "open_id": token["open_id"], "display_name": "Ada", "username": "ada" });
    assert_eq!((status, &body["data"]["user"], &body["error"]["code"]), (200, &user, &json!("ok")));
}
