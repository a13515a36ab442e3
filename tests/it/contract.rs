//! `openapi.yaml` against what the deployed API really answers.

use std::sync::LazyLock;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tests::contract::Contract;

use crate::support::{Answer, World, unique};

/// A method and path as the contract writes them, a request to it, and the status of the answer.
type Case = (&'static str, &'static str, RequestBuilder, u16);

#[tokio::test]
async fn what_is_read_and_delivered_is_answered_as_the_contract_says() {
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
    let cases = [
        ("GET", "/", request(Method::GET, "/"), 200),
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
    all_hold(cases).await;
}

#[tokio::test]
async fn logins_are_answered_as_the_contract_says() {
    const START: &str = "/api/auth/{platform}";
    const CALLBACK: &str = "/api/auth/{platform}/callback";
    let world = World::open().await;
    let token = world.stack.users[0].token.clone();
    let request = |path: &str| world.api.request(Method::GET, path);
    let start = |path: &str| request(path).bearer_auth(&token);
    let cases = [
        ("GET", START, start("/api/auth/tiktok"), 200),
        ("GET", START, start("/api/auth/instagram?reconnect=true"), 200),
        ("GET", START, start("/api/auth/tiktok?reconnect=maybe"), 400),
        ("GET", START, request("/api/auth/tiktok"), 401),
        ("GET", START, request("/api/auth/tiktok").bearer_auth("forged"), 403),
        ("GET", START, start("/api/auth/myspace"), 404),
        ("GET", START, start("/api/auth/tiktok?returnTo=https://evil.example"), 422),
        ("GET", START, start("/api/auth/tiktok?scopes=nonsense"), 422),
        ("GET", CALLBACK, request("/api/auth/tiktok/callback?state=another-browsers&code=c"), 403),
        ("GET", CALLBACK, request("/api/auth/myspace/callback"), 404),
    ];
    all_hold(cases).await;
}

#[tokio::test]
async fn who_leaves_is_answered_as_the_contract_says() {
    const DISCONNECT: &str = "/api/auth/{platform}/{accountId}";
    const DEAUTHORIZE: &str = "/api/webhooks/instagram/deauthorize";
    const DELETION: &str = "/api/webhooks/instagram/data-deletion";
    let world = World::open().await;
    let user = &world.stack.users[0];
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    let request = |method: Method, path: &str| world.api.request(method, path);
    let disconnect = |path: &str| request(Method::DELETE, path).bearer_auth(&user.token);
    let signed = || testkit::meta::signed_request(&world.stack.secrets.meta.app_secret, &unique());
    let callback = |path: &str, signed: &str| request(Method::POST, path).form(&[("signed_request", signed)]);
    let cases = [
        ("DELETE", DISCONNECT, disconnect(&format!("/api/auth/tiktok/{id}")), 200),
        ("DELETE", DISCONNECT, request(Method::DELETE, "/api/auth/tiktok/1"), 401),
        ("DELETE", DISCONNECT, request(Method::DELETE, "/api/auth/tiktok/1").bearer_auth("forged"), 403),
        ("DELETE", DISCONNECT, disconnect("/api/auth/tiktok/0"), 404),
        ("DELETE", DISCONNECT, disconnect("/api/auth/tiktok/one"), 404),
        ("DELETE", DISCONNECT, disconnect("/api/auth/myspace/1"), 404),
        ("POST", DEAUTHORIZE, callback(DEAUTHORIZE, &signed()), 200),
        ("POST", DEAUTHORIZE, callback(DEAUTHORIZE, "forged"), 401),
        ("POST", DELETION, callback(DELETION, &signed()), 200),
        ("POST", DELETION, callback(DELETION, "forged"), 401),
    ];
    all_hold(cases).await;
}

#[tokio::test]
async fn files_are_announced_as_the_contract_says() {
    const MEDIA: &str = "/api/media";
    let world = World::open().await;
    let token = world.stack.users[0].token.clone();
    let request = |body: &str| world.api.request(Method::POST, MEDIA).body(body.to_owned());
    let announce = |kind: &str, size: u64, checksum: &str| {
        request(&format!(r#"{{"contentType":"{kind}","size":{size},"checksum":"{checksum}"}}"#)).bearer_auth(&token)
    };
    let cases = [
        ("POST", MEDIA, announce("video/mp4", 4_000_000_000, "y/Q5Jg=="), 201),
        ("POST", MEDIA, announce("image/webp", 20_000_000, "y/Q5Jg=="), 201),
        ("POST", MEDIA, request("").bearer_auth(&token), 400),
        ("POST", MEDIA, request("{}").bearer_auth(&token), 400),
        ("POST", MEDIA, request(r#"{"contentType":"video/mp4","size":-1,"checksum":""}"#).bearer_auth(&token), 400),
        ("POST", MEDIA, announce("video/mp4", 9, "cbf43926"), 400),
        ("POST", MEDIA, request("{}"), 401),
        ("POST", MEDIA, request("{}").bearer_auth("forged"), 403),
        ("POST", MEDIA, announce("video/mp4", 4_000_000_001, "y/Q5Jg=="), 413),
        ("POST", MEDIA, announce("image/jpeg", 20_000_001, "y/Q5Jg=="), 413),
        ("POST", MEDIA, announce("image/png", 9, "y/Q5Jg=="), 422),
        ("POST", MEDIA, announce("video/mp4", 0, "AAAAAA=="), 422),
    ];
    all_hold(cases).await;
}

#[tokio::test]
async fn posts_are_answered_as_the_contract_says() {
    const UPLOAD: &str = "/api/{platform}/upload";
    const LIST: &str = "/api/{platform}/posts";
    const GET: &str = "/api/{platform}/posts/{postId}";
    let world = World::open().await;
    let user = &world.stack.users[0];
    let request = |method: Method, path: &str| world.api.request(method, path);
    let get = |path: &str| request(Method::GET, path).bearer_auth(&user.token);
    let named = |path: &str| request(Method::POST, path).bearer_auth(&user.token).header("idempotency-key", unique());
    let upload = |path: &str, body: &str| named(path).body(body.to_owned());
    let nameless =
        |body: &str| request(Method::POST, "/api/tiktok/upload").bearer_auth(&user.token).body(body.to_owned());
    let nobody = include_str!("../../events/upload.json");
    let nobody: Value = serde_json::from_str(nobody).unwrap();
    let nobody = nobody["body"].as_str().unwrap();
    let account = world.tables.tiktok_account(user.id, &unique()).await;
    let id = world.tables.tiktok_post(user.id, account, &unique()).await;
    let cases = [
        ("POST", UPLOAD, upload("/api/tiktok/upload", ""), 400),
        ("POST", UPLOAD, upload("/api/tiktok/upload", "{}"), 400),
        ("POST", UPLOAD, upload("/api/tiktok/upload?dryRun=maybe", nobody), 400),
        ("POST", UPLOAD, upload("/api/tiktok/upload?dryrun=true", nobody), 400),
        ("POST", UPLOAD, nameless(nobody), 400),
        ("POST", UPLOAD, request(Method::POST, "/api/tiktok/upload"), 401),
        ("POST", UPLOAD, request(Method::POST, "/api/tiktok/upload").bearer_auth("forged"), 403),
        ("POST", UPLOAD, upload("/api/tiktok/upload", nobody), 404),
        ("POST", UPLOAD, upload("/api/tiktok/upload?dryRun=true", nobody), 404),
        ("POST", UPLOAD, upload("/api/myspace/upload", nobody), 404),
        ("POST", UPLOAD, upload("/api/instagram/upload", "{}"), 422),
        ("GET", LIST, get("/api/tiktok/posts"), 200),
        ("GET", LIST, get("/api/instagram/posts?limit=100"), 200),
        ("GET", LIST, get("/api/tiktok/posts?cursor=x"), 400),
        ("GET", LIST, request(Method::GET, "/api/tiktok/posts"), 401),
        ("GET", LIST, get("/api/myspace/posts"), 404),
        ("GET", GET, get(&format!("/api/tiktok/posts/{id}")), 200),
        ("GET", GET, request(Method::GET, "/api/tiktok/posts/1"), 401),
        ("GET", GET, get("/api/tiktok/posts/0"), 404),
        ("GET", GET, get("/api/myspace/posts/1"), 404),
    ];
    all_hold(cases).await;
}

/// Every answer has its status and is one that the contract describes.
async fn all_hold(cases: impl IntoIterator<Item = Case>) {
    for (method, path, request, status) in cases {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        holds(method, path, &answer);
    }
}

/// The answer is one that the contract describes.
pub(crate) fn holds(method: &str, path: &str, answer: &Answer) {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::load().unwrap());
    let content_type = answer.header("content-type").unwrap_or_default();
    let text = || Value::String(answer.body.clone());
    let body = serde_json::from_str(&answer.body).ok().filter(|_| content_type.contains("json")).unwrap_or_else(text);
    CONTRACT
        .check(method, path, answer.status, content_type, &answer.headers, &body)
        .unwrap_or_else(|problem| panic!("{method} {path}: {problem}\n{answer:?}"));
}
