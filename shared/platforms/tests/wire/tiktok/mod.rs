mod publish;

use std::time::Duration;

use platforms::{
    error::PlatformError,
    secret::ClientSecret,
    tiktok::{
        api::Api,
        oauth::{App, ConsentRequest, Exchange, Grant},
    },
    transport::Transport,
    verdict::{Death, Verdict},
};
use serde_json::json;
use testkit::{Consent, RemoteTikTok, tiktok};

use super::{CALLBACK, code, verdict};

const TOKEN: &str = "/v2/oauth/token/";
const DEAD: Verdict = Verdict::TokenDead(Death::Unexplained);

struct World {
    simulator: tiktok::Simulator,
    remote: RemoteTikTok,
    api: Api,
    secret: ClientSecret,
}

impl World {
    async fn start() -> Self {
        let app = tiktok::App { client_key: "key".to_owned(), client_secret: "secret".to_owned() };
        let simulator = tiktok::Simulator::start(app).await.unwrap();
        simulator.allow_redirect(CALLBACK);
        let remote = RemoteTikTok::at(simulator.url()).unwrap();
        remote.change_settings(&json!({ "requires_pkce": false })).await.unwrap();
        let api = Api::new(Transport::new().unwrap(), simulator.url().parse().unwrap());
        Self { simulator, remote, api, secret: "secret".to_owned().into() }
    }

    fn app(&self) -> App<'_> {
        App { client_key: "key", client_secret: &self.secret }
    }

    async fn connected(&self) -> Grant {
        let scopes = ["user.info.basic".to_owned(), "video.publish".to_owned()];
        let request = ConsentRequest {
            client_key: "key",
            scopes: &scopes,
            redirect_uri: CALLBACK,
            state: "state",
            challenge: None,
            always_ask: true,
        };
        let page = format!("{}/v2/auth/authorize/", self.simulator.url()).parse().unwrap();
        let location = self.remote.consent(request.url(&page).as_str(), &Consent::allow()).await.unwrap();
        let exchange = Exchange {
            client_key: "key",
            client_secret: &self.secret,
            code: &code(&location),
            redirect_uri: CALLBACK,
            verifier: None,
        };
        self.api.exchange_code(exchange).await.unwrap()
    }
}

#[tokio::test]
async fn a_refresh_brings_the_next_pair_and_the_one_before_is_dead() {
    let world = World::start().await;
    let first = world.connected().await;
    let next = world.api.refresh(world.app(), &first.refresh_token).await.unwrap();
    assert_eq!(next.open_id.as_ref(), Some(&first.open_id));
    assert_eq!((&next.scopes, next.expires_in), (&first.scopes, Some(Duration::from_secs(7_200))));
    assert_ne!(next.refresh_token.expose(), first.refresh_token.expose());
    world.api.user(&next.access_token, &next.scopes).await.unwrap();
    assert_eq!(verdict(world.api.refresh(world.app(), &first.refresh_token).await), DEAD);
}

#[tokio::test]
async fn a_refresh_is_sent_once_whatever_becomes_of_its_answer() {
    let world = World::start().await;
    let grant = world.connected().await;
    let faults = [
        (json!({ "refuse": "server_error" }), Verdict::Transient),
        (json!({ "status": 502 }), Verdict::Transient),
        (json!({ "garbage": true }), Verdict::Transient),
        (json!({ "rate_limited": true }), Verdict::Throttled),
        (json!({ "refuse": "invalid_client" }), Verdict::AppAtFault),
        (json!({ "lose_answer": true }), Verdict::Transient),
    ];
    for (fault, expected) in faults {
        let before = world.remote.calls_to(TOKEN).await.unwrap();
        world.remote.fault(TOKEN, 1, &fault).await.unwrap();
        assert_eq!(verdict(world.api.refresh(world.app(), &grant.refresh_token).await), expected, "{fault}");
        assert_eq!(world.remote.calls_to(TOKEN).await.unwrap(), before + 1, "{fault}");
    }
    // The answer was lost after the token had been replaced.
    assert_eq!(verdict(world.api.refresh(world.app(), &grant.refresh_token).await), DEAD);
}

#[tokio::test]
async fn a_kept_refresh_token_comes_back() {
    let world = World::start().await;
    world.remote.change_settings(&json!({ "refresh_rotates": false })).await.unwrap();
    let grant = world.connected().await;
    let next = world.api.refresh(world.app(), &grant.refresh_token).await.unwrap();
    assert_eq!(next.refresh_token.expose(), grant.refresh_token.expose());
}

#[tokio::test]
async fn a_revocation_leaves_no_token_alive_however_it_is_answered() {
    let world = World::start().await;
    for empty in [false, true] {
        world.remote.change_settings(&json!({ "empty_revocation_answer": empty })).await.unwrap();
        let grant = world.connected().await;
        world.api.revoke(world.app(), &grant.access_token).await.unwrap();
        assert!(world.remote.living_tokens().await.unwrap().is_empty());
        assert_eq!(verdict(world.api.revoke(world.app(), &grant.access_token).await), DEAD);
    }
}

#[tokio::test]
async fn a_wrong_secret_blames_the_app_and_revokes_nothing() {
    let world = World::start().await;
    let grant = world.connected().await;
    let wrong = ClientSecret::from("wrong".to_owned());
    let app = App { client_key: "key", client_secret: &wrong };
    assert_eq!(verdict(world.api.revoke(app, &grant.access_token).await), Verdict::AppAtFault);
    assert_eq!(verdict(world.api.refresh(app, &grant.refresh_token).await), Verdict::AppAtFault);
    assert_eq!(world.remote.living_tokens().await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_expired_access_token_is_dead_until_it_is_refreshed() {
    let world = World::start().await;
    let grant = world.connected().await;
    world.remote.advance(7_200).await.unwrap();
    let refused = world.api.user(&grant.access_token, &grant.scopes).await;
    assert!(matches!(refused, Err(PlatformError::Refused { status: 401, .. })), "{refused:?}");
    assert_eq!(verdict(refused), DEAD);
    let next = world.api.refresh(world.app(), &grant.refresh_token).await.unwrap();
    world.api.revoke(world.app(), &next.access_token).await.unwrap();
}
