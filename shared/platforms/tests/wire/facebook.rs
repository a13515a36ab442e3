use platforms::{
    instagram::{
        facebook_login::{App, Asks, ConsentRequest},
        graph::{Caller, Graph},
        pages::PageEdge,
    },
    secret::{AccessToken, AppSecret},
    verdict::{Death, Verdict},
};
use serde_json::json;
use testkit::{Consent, RemoteMeta, meta};

use super::{CALLBACK, code, graph, verdict};

const APP_ID: &str = "1000000000000001";
const ADA: &str = "122100000000000001";
const BAKERY: &str = "100200300400500";

struct World {
    simulator: meta::Simulator,
    remote: RemoteMeta,
    graph: Graph,
    secret: AppSecret,
}

impl World {
    /// A Meta that wants a proof with every call.
    async fn start() -> Self {
        let app = |id: &str, secret: &str| meta::App { app_id: id.to_owned(), app_secret: secret.to_owned() };
        let apps = meta::Apps { facebook: app(APP_ID, "secret"), instagram: app("2", "other") };
        let simulator = meta::Simulator::start(apps).await.unwrap();
        simulator.allow_redirect(CALLBACK);
        let remote = RemoteMeta::at(simulator.url()).unwrap();
        remote.change_settings(&json!({ "requires_proof": true, "accepts_plain_proof": false })).await.unwrap();
        let graph = graph(simulator.url());
        Self { simulator, remote, graph, secret: "secret".to_owned().into() }
    }

    fn app(&self) -> App<'_> {
        App { id: APP_ID, secret: &self.secret }
    }

    fn caller<'a>(&'a self, token: &'a AccessToken) -> Caller<'a> {
        Caller { token, app_secret: &self.secret }
    }

    /// A long-lived token of Ada's.
    async fn connected(&self) -> AccessToken {
        let scopes = ["instagram_basic", "pages_show_list", "pages_manage_metadata"].map(str::to_owned);
        let asks = Asks::Scopes(&scopes);
        let request =
            ConsentRequest { app_id: APP_ID, redirect_uri: CALLBACK, state: "state", asks, always_ask: false };
        let page = format!("{}/v26.0/dialog/oauth", self.simulator.url()).parse().unwrap();
        let location = self.remote.consent(request.url(&page).as_str(), &Consent::allow()).await.unwrap();
        let short = self.graph.exchange_code(self.app(), &code(&location), CALLBACK).await.unwrap();
        self.graph.long_lived(self.app(), &short.access_token).await.unwrap().access_token
    }

    /// The token of Ada's first Page.
    async fn page(&self, token: &AccessToken) -> AccessToken {
        let listing = self.graph.pages(&PageEdge::OfPerson, None, self.caller(token)).await.unwrap();
        listing.items.into_iter().next().unwrap().access_token.unwrap()
    }
}

#[tokio::test]
async fn debug_token_tells_how_long_a_token_holds_and_for_what() {
    let world = World::start().await;
    let token = world.connected().await;
    let person = world.graph.debug_token(world.app(), &token).await.unwrap();
    assert_eq!((person.app_id.as_deref(), person.user_id.as_deref()), (Some(APP_ID), Some(ADA)));
    assert!(person.is_valid && person.expires_at < person.data_access_expires_at);
    assert!(person.scopes.contains(&"instagram_basic".to_owned()));
    let page = world.graph.debug_token(world.app(), &world.page(&token).await).await.unwrap();
    assert_eq!((page.is_valid, page.expires_at, page.death()), (true, None, None));
}

#[tokio::test]
async fn debug_token_and_calls_tell_the_same_death() {
    let world = World::start().await;
    let deaths = [
        (459, Death::Checkpointed),
        (460, Death::PasswordChanged),
        (464, Death::Unconfirmed),
        (467, Death::SessionEnded),
    ];
    for (subcode, death) in deaths {
        let token = world.connected().await;
        world.remote.end_tokens("ada", subcode).await.unwrap();
        assert_eq!(world.graph.debug_token(world.app(), &token).await.unwrap().death(), Some(death));
        assert_eq!(verdict(world.graph.person(world.caller(&token)).await), Verdict::TokenDead(death));
    }
    let made_up = AccessToken::from("EAAmade-up".to_owned());
    assert_eq!(world.graph.debug_token(world.app(), &made_up).await.unwrap().death(), Some(Death::Unexplained));
}

#[tokio::test]
async fn a_lost_role_is_the_death_of_one_page_only() {
    let world = World::start().await;
    let token = world.connected().await;
    let page = world.page(&token).await;
    world.remote.end_page_role("ada", BAKERY).await.unwrap();
    let facts = world.graph.debug_token(world.app(), &page).await.unwrap();
    assert_eq!(facts.death(), Some(Death::PageRoleLost));
    assert!(world.graph.debug_token(world.app(), &token).await.unwrap().is_valid);
}

#[tokio::test]
async fn an_exchange_renews_a_long_lived_token_until_it_has_expired() {
    let world = World::start().await;
    let first = world.connected().await;
    world.remote.advance(30 * 24 * 3_600).await.unwrap();
    let second = world.graph.long_lived(world.app(), &first).await.unwrap();
    let end = async |token| world.graph.debug_token(world.app(), token).await.unwrap().expires_at;
    assert!(end(&second.access_token).await > end(&first).await);
    world.remote.advance(40 * 24 * 3_600).await.unwrap();
    assert_eq!(verdict(world.graph.long_lived(world.app(), &first).await), Verdict::TokenDead(Death::Expired));
}

#[tokio::test]
async fn a_person_s_token_or_the_app_s_own_takes_everything_back() {
    let world = World::start().await;
    for (bare, by_app) in [(false, false), (true, false), (false, true)] {
        world.remote.change_settings(&json!({ "bare_revocation_answer": bare })).await.unwrap();
        let token = world.connected().await;
        let page = world.page(&token).await;
        let own = if by_app { world.app().token() } else { token };
        world.graph.revoke(ADA, world.caller(&own)).await.unwrap();
        assert!(world.remote.living_tokens().await.unwrap().is_empty());
        assert_eq!(verdict(world.graph.person(world.caller(&page)).await), Verdict::TokenDead(Death::Revoked));
    }
}

#[tokio::test]
async fn a_page_is_unsubscribed_as_it_was_subscribed() {
    let world = World::start().await;
    let page = world.page(&world.connected().await).await;
    world.graph.subscribe_page(BAKERY, APP_ID, world.caller(&page)).await.unwrap();
    world.graph.unsubscribe_page(BAKERY, world.caller(&page)).await.unwrap();
    assert_eq!(verdict(world.graph.unsubscribe_page("1", world.caller(&page)).await), Verdict::Refused);
}

#[tokio::test]
async fn every_limit_and_missing_permission_has_its_verdict() {
    let world = World::start().await;
    let token = world.connected().await;
    for (ordered, expected) in [
        ("4", Verdict::Throttled),
        ("80002", Verdict::Throttled),
        ("1", Verdict::Transient),
        ("10", Verdict::NotGranted),
        ("210", Verdict::NotGranted),
        ("3", Verdict::AppAtFault),
        ("102", Verdict::TokenDead(Death::Unexplained)),
        ("190/458", Verdict::TokenDead(Death::Revoked)),
        ("100", Verdict::Refused),
    ] {
        world.remote.fault("/v26.0/me", 1, &json!({ "refuse": ordered })).await.unwrap();
        assert_eq!(verdict(world.graph.person(world.caller(&token)).await), expected, "{ordered}");
    }
}
