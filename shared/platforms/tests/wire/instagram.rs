use std::time::Duration;

use platforms::{
    instagram::{
        facebook_login::App,
        graph::{Caller, Graph},
        instagram_login::{ConsentRequest, TokenHost},
        signed_request::{SignedRequest, SignedRequestError},
    },
    secret::{AccessToken, AppSecret},
    transport::Transport,
    verdict::{Death, Verdict},
};
use serde_json::json;
use testkit::{Consent, RemoteMeta, meta};

use super::{CALLBACK, code, graph, verdict};

const APP_ID: &str = "2000000000000002";
const DAY_S: i64 = 24 * 3_600;

struct World {
    simulator: meta::Simulator,
    remote: RemoteMeta,
    graph: Graph,
    secret: AppSecret,
}

impl World {
    async fn start() -> Self {
        let app = |id: &str, secret: &str| meta::App { app_id: id.to_owned(), app_secret: secret.to_owned() };
        let apps = meta::Apps { facebook: app("1", "other"), instagram: app(APP_ID, "secret") };
        let simulator = meta::Simulator::start(apps).await.unwrap();
        simulator.allow_redirect(CALLBACK);
        let remote = RemoteMeta::at(simulator.url()).unwrap();
        let graph = graph(simulator.url());
        Self { simulator, remote, graph, secret: "secret".to_owned().into() }
    }

    fn caller<'a>(&'a self, token: &'a AccessToken) -> Caller<'a> {
        Caller { token, app_secret: &self.secret }
    }

    /// A long-lived token of the bakery's.
    async fn connected(&self) -> AccessToken {
        let scopes = ["instagram_business_basic".to_owned()];
        let request = ConsentRequest {
            app_id: APP_ID,
            redirect_uri: CALLBACK,
            state: "state",
            scopes: &scopes,
            always_ask: false,
        };
        let page = format!("{}/oauth/authorize", self.simulator.url()).parse().unwrap();
        let location = self.remote.consent(request.url(&page).as_str(), &Consent::allow()).await.unwrap();
        let app = App { id: APP_ID, secret: &self.secret };
        let host = TokenHost::new(Transport::new().unwrap(), self.simulator.url().parse().unwrap());
        let short = host.exchange_code(app, &code(&location), CALLBACK).await.unwrap();
        self.graph.long_lived_for_instagram(app, &short.access_token).await.unwrap().access_token
    }
}

#[tokio::test]
async fn a_token_is_refreshed_after_a_day_and_before_its_end_with_the_proof_that_may_be_required() {
    let world = World::start().await;
    let token = world.connected().await;
    world.remote.change_settings(&json!({ "requires_proof": true, "accepts_plain_proof": false })).await.unwrap();
    let refresh = async |token| world.graph.refresh_for_instagram(world.caller(token)).await;
    assert_eq!(verdict(refresh(&token).await), Verdict::Refused);
    world.remote.advance(DAY_S).await.unwrap();
    let fresh = refresh(&token).await.unwrap();
    assert_eq!(fresh.expires_in, Some(Duration::from_secs(5_183_944)));
    world.remote.change_settings(&json!({ "refresh_keeps_token": true })).await.unwrap();
    world.remote.advance(DAY_S).await.unwrap();
    let kept = refresh(&fresh.access_token).await.unwrap();
    assert_eq!(kept.access_token.expose(), fresh.access_token.expose());
    world.remote.advance(60 * DAY_S).await.unwrap();
    assert_eq!(verdict(refresh(&kept.access_token).await), Verdict::TokenDead(Death::Expired));
}

#[tokio::test]
async fn an_account_is_unsubscribed_as_it_was_subscribed() {
    let world = World::start().await;
    let token = world.connected().await;
    world.graph.subscribe_account(world.caller(&token)).await.unwrap();
    world.graph.unsubscribe_account(world.caller(&token)).await.unwrap();
    world.remote.remove_app("example_bakery").await.unwrap();
    let refused = world.graph.unsubscribe_account(world.caller(&token)).await;
    assert_eq!(verdict(refused), Verdict::TokenDead(Death::Revoked));
}

#[tokio::test]
async fn what_meta_signs_verifies_by_its_apps_secret_only() {
    let world = World::start().await;
    let signed = meta::signed_request("secret", "26000000000000001");
    assert_eq!(SignedRequest::verify(&signed, &world.secret).unwrap().user_id, "26000000000000001");
    let other = AppSecret::from("other".to_owned());
    assert_eq!(SignedRequest::verify(&signed, &other), Err(SignedRequestError::NotVerified));
}
