//! What the callback's redirect says: the codes that it may bring, and the addresses that it may lead to.

use platforms::{error::PlatformError, instagram::code::GraphCode, tiktok::code::OauthCode};
use shared::{
    domain::{
        Platform,
        catalogue::{Actor, ErrorCode},
    },
    services::connect::ConnectError,
    store::StoreError,
};

use super::*;

/// Who must act, as the contract says it.
const ACTORS: [(&str, Actor); 5] = [
    ("The person", Actor::Person),
    ("The owner of the app at the platform", Actor::AppOwner),
    ("The operator", Actor::Operator),
    ("The platform", Actor::Platform),
    ("Nobody", Actor::Nobody),
];

fn redirect(contract: &Contract) -> &Value {
    contract.operation("GET", "/api/auth/{platform}/callback").unwrap().responses().unwrap()["302"]
}

/// The codes in the redirect's description, each with who must act.
fn listed(contract: &Contract) -> Vec<(&str, Actor)> {
    let description = redirect(contract)["description"].as_str().unwrap();
    let points = description.split("\n* ").skip(1).map(|point| point.split_once(": ").unwrap());
    points
        .flat_map(|(name, codes)| {
            let (_, actor) = ACTORS.into_iter().find(|(known, _)| *known == name).unwrap();
            codes.split('`').skip(1).step_by(2).map(move |code| (code, actor))
        })
        .collect()
}

/// What a login may end with, apart from the platforms' known words.
fn own_failures() -> [ConnectError; 12] {
    use ConnectError::{
        ConnectedElsewhere, Declined, ForeignToken, NoApp, NoProfessionalAccount, NoRandomness, NotGranted,
        Platform as Failed, StateExpired, Store, TooSlow,
    };
    let tiktok = Platform::TikTok;
    let unreadable = PlatformError::Unreadable { problem: "no token".to_owned(), status: 200 };
    [
        StateExpired,
        NotGranted(Vec::new()),
        NoProfessionalAccount,
        ConnectedElsewhere,
        ForeignToken,
        NoApp(tiktok),
        TooSlow(tiktok),
        Failed(tiktok, unreadable),
        Failed(tiktok, PlatformError::Failed { status: 502, log_id: None }),
        Store(StoreError::PoolExhausted),
        NoRandomness,
        Declined { code: ErrorCode::PlatformRefused, word: "brand_new".to_owned() },
    ]
}

#[test]
fn codes_of_the_redirect_name_who_must_act() {
    let contract = contract();
    for (code, actor) in listed(&contract) {
        assert_eq!(ErrorCode::find(code).map(ErrorCode::actor), Some(actor), "{code}");
    }
}

#[test]
fn whatever_a_login_ends_with_is_listed() {
    let contract = contract();
    let listed: Vec<_> = listed(&contract).into_iter().map(|(code, _)| code).collect();
    // Rows of a token, of the app and of its limits. The others are about posts.
    let of_logins = |code: &&GraphCode| matches!(code.code(), Some(1..=4 | 10 | 17 | 100..=299 | 341 | 368 | 803));
    let graph = GraphCode::KNOWN.iter().filter(of_logins).filter(|code| code.subcode().unwrap_or_default() < 2_000_000);
    let said = OauthCode::KNOWN.iter().map(ErrorCode::from).chain(graph.map(ErrorCode::from));
    for code in said.chain(own_failures().iter().map(ConnectError::code)) {
        assert!(listed.contains(&code.as_str()), "{code} is not listed");
    }
}

#[test]
fn a_redirect_leads_to_a_login_that_ended_and_nowhere_else() {
    let contract = contract();
    let schema = &redirect(&contract)["headers"]["Location"]["schema"];
    let leads_to = |address: &str| contract.check_schema(schema, &address.into()).is_ok();
    for good in ["?connected=tiktok&accountId=1", "s?a=b&error=access_denied&platform=instagram&message=No%21#x"] {
        assert!(leads_to(&format!("https://app.example.com/{good}")), "{good}");
    }
    for bad in ["", "?connected=tiktok", "?connected=tiktok&accountId=1&code=c", "#?connected=tiktok&accountId=1"] {
        assert!(!leads_to(&format!("https://app.example.com/{bad}")), "{bad}");
    }
}
