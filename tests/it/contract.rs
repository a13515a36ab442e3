//! `openapi.yaml` against what the deployed API really answers.

use reqwest::Method;
use serde_json::Value;
use tests::contract::Contract;

use crate::support::{Answer, World};

#[tokio::test]
async fn every_operation_answers_as_the_contract_says() {
    let world = World::open().await;
    let token = world.stack.users[0].token.clone();
    let word = &world.stack.secrets.meta.verify_token;
    let handshake = format!("/api/webhooks/instagram?hub.mode=subscribe&hub.challenge=7&hub.verify_token={word}");
    let unchallenged = format!("/api/webhooks/instagram?hub.mode=subscribe&hub.verify_token={word}");
    let large = format!(r#"{{"event":"x","content":"{}"}}"#, "x".repeat(900_000));
    let large_signed = testkit::tiktok::sign(&world.stack.secrets.tiktok.client_secret, &large);
    let large =
        world.api.request(Method::POST, "/api/webhooks/tiktok").body(large).header("tiktok-signature", large_signed);
    let signed = testkit::tiktok::sign(&world.stack.secrets.tiktok.client_secret, "{}");
    let request = |method: Method, path: &str| world.api.request(method, path);
    let webhook = |path: &str| request(Method::POST, path).body("{}");
    let start = |query: &str| request(Method::GET, &format!("/api/auth/tiktok{query}")).bearer_auth(&token);
    let (begin, finish) = ("/api/auth/{platform}", "/api/auth/{platform}/callback");
    let cases = [
        ("GET", begin, start(""), 200),
        ("GET", begin, start("?reconnect=maybe"), 400),
        ("GET", begin, request(Method::GET, "/api/auth/tiktok"), 401),
        ("GET", begin, request(Method::GET, "/api/auth/tiktok").bearer_auth("forged"), 403),
        ("GET", begin, request(Method::GET, "/api/auth/myspace").bearer_auth(&token), 404),
        ("GET", begin, start("?returnTo=https://evil.example"), 422),
        ("GET", begin, start("?scopes=nonsense"), 422),
        ("GET", finish, request(Method::GET, "/api/auth/tiktok/callback?state=forged&code=c"), 403),
        ("GET", finish, request(Method::GET, "/api/auth/myspace/callback"), 404),
        ("GET", "/api/health", request(Method::GET, "/api/health"), 200),
        ("GET", "/api/openapi.json", request(Method::GET, "/api/openapi.json"), 200),
        ("GET", "/api/accounts", request(Method::GET, "/api/accounts").bearer_auth(&token), 200),
        ("GET", "/api/accounts", request(Method::GET, "/api/accounts?limit=0").bearer_auth(&token), 400),
        ("GET", "/api/accounts", request(Method::GET, "/api/accounts"), 401),
        ("GET", "/api/accounts", request(Method::GET, "/api/accounts").bearer_auth("forged"), 403),
        ("GET", "/api/webhooks/{platform}", request(Method::GET, &handshake), 200),
        ("GET", "/api/webhooks/{platform}", request(Method::GET, &unchallenged), 400),
        ("GET", "/api/webhooks/{platform}", request(Method::GET, "/api/webhooks/instagram"), 403),
        ("GET", "/api/webhooks/{platform}", request(Method::GET, "/api/webhooks/tiktok"), 404),
        ("POST", "/api/webhooks/{platform}", webhook("/api/webhooks/tiktok").header("tiktok-signature", signed), 200),
        ("POST", "/api/webhooks/{platform}", large, 413),
        ("POST", "/api/webhooks/{platform}", webhook("/api/webhooks/tiktok"), 401),
        ("POST", "/api/webhooks/{platform}", webhook("/api/webhooks/myspace"), 404),
    ];
    let contract = Contract::load().unwrap();
    for (method, path, request, status) in cases {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        holds(&contract, method, path, &answer);
    }
}

/// The answer is one that the contract describes.
fn holds(contract: &Contract, method: &str, path: &str, answer: &Answer) {
    let content_type = answer.header("content-type").unwrap_or_default();
    let text = || Value::String(answer.body.clone());
    let body = serde_json::from_str(&answer.body).ok().filter(|_| content_type.contains("json")).unwrap_or_else(text);
    contract
        .check(method, path, answer.status, content_type, &answer.headers, &body)
        .unwrap_or_else(|problem| panic!("{method} {path}: {problem}\n{answer:?}"));
}
