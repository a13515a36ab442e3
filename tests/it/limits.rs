//! The limiter that every HTTP function has: by user, by address, for forged webhooks, and with Redis away.
//!
//! Each test runs the real binary in a sandbox of its own, with small limits and users and addresses of its own.

use serde_json::{Value, json};

use crate::support::{HttpSandbox, RedisLine, World, http_event, unique};

#[tokio::test]
async fn a_user_is_limited_whatever_address_they_come_from() {
    let world = World::open().await;
    let accounts = HttpSandbox::start(&world, "accounts-list", [("LIMIT_PER_USER", "3")]).await;
    let (ada, grace) = (unique(), unique());
    for remaining in ["2", "1", "0"] {
        let answer = accounts.call(as_user(&ada)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("ratelimit-limit"), Some("3"));
        assert_eq!(answer.header("ratelimit-remaining"), Some(remaining));
    }
    let refused = accounts.call(as_user(&ada)).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "rate_limit_exceeded"));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "one request in 20 s, so {wait} s is wrong");
    assert_eq!(accounts.call(as_user(&grace)).await.status, 200, "another user is not limited");
}

#[tokio::test]
async fn an_address_is_limited_on_open_routes() {
    let world = World::open().await;
    let health = HttpSandbox::start(&world, "health", [("LIMIT_PER_IP", "2")]).await;
    let (one, another) = (address(), address());
    let statuses = [health.call(from(&one)).await, health.call(from(&one)).await, health.call(from(&one)).await];
    assert_eq!(statuses.map(|answer| answer.status), [200, 200, 429]);
    assert_eq!(health.call(from(&another)).await.status, 200, "another address is not limited");
}

#[tokio::test]
async fn forged_webhooks_count_against_their_address_and_signed_ones_do_not() {
    let world = World::open().await;
    let ingest = HttpSandbox::start(&world, "webhook-ingest", [("LIMIT_PER_IP", "2")]).await;
    let address = address();
    let deliver = |signature: String| {
        let mut event = http_event("POST", "/api/webhooks/tiktok", "POST /api/webhooks/{platform}");
        event["pathParameters"] = json!({ "platform": "tiktok" });
        event["headers"]["tiktok-signature"] = json!(signature);
        event["requestContext"]["http"]["sourceIp"] = json!(address);
        event["body"] = json!("{}");
        event
    };
    for status in [401, 401, 429, 429] {
        assert_eq!(ingest.call(deliver("t=1,s=0".to_owned())).await.status, status);
    }
    for _ in 0..3 {
        let signed = testkit::tiktok::sign(&world.stack.secrets.tiktok.client_secret, "{}");
        assert_eq!(ingest.call(deliver(signed)).await.status, 200, "a good signature never meets the limiter");
    }
}

#[tokio::test]
async fn without_redis_requests_go_through_and_a_metric_says_so() {
    let world = World::open().await;
    let line = RedisLine::to(&world.stack.redis_url).await;
    let settings = [("LIMIT_PER_IP", "1"), ("REDIS_URL", &line.url())];
    let docs = HttpSandbox::start(&world, "api-docs", settings).await;
    let address = address();
    assert_eq!(docs.call(from(&address)).await.header("ratelimit-remaining"), Some("0"));
    assert_eq!(docs.call(from(&address)).await.status, 429);
    let line = line.cut().await;
    for _ in 0..3 {
        let answer = docs.call(from(&address)).await;
        assert_eq!((answer.status, answer.header("ratelimit-limit")), (200, None));
    }
    assert!(docs.printed("rate_limiter_unavailable").await);
    line.mend().await;
    crate::support::eventually("the limiter is back", async || {
        (docs.call(from(&address)).await.status == 429).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_never_answers_costs_a_request_little_and_the_next_nothing() {
    let world = World::open().await;
    let line = RedisLine::silent().await;
    let docs = HttpSandbox::start(&world, "api-docs", [("REDIS_URL", line.url().as_str())]).await;
    assert_eq!(docs.call(from(&address())).await.status, 200);
    assert_eq!(docs.call(from(&address())).await.status, 200);
    assert_eq!(line.connections(), 1, "after a failure Redis is left alone for a while");
}

fn as_user(user: &str) -> Value {
    let mut event = http_event("GET", "/api/accounts", "GET /api/accounts");
    event["requestContext"]["authorizer"] = json!({ "lambda": { "userId": user, "expiresAt": "4102444800" } });
    event["requestContext"]["http"]["sourceIp"] = json!(address());
    event
}

fn from(address: &str) -> Value {
    let mut event = http_event("GET", "/api/health", "GET /api/health");
    event["requestContext"]["http"]["sourceIp"] = json!(address);
    event
}

/// An address that nobody else uses: each in a /64 of its own.
fn address() -> String {
    let number: u64 = unique().parse().unwrap();
    let group = |shift: u32| (number >> shift) & 0xffff;
    format!("2001:{:x}:{:x}:{:x}::1", group(32), group(16), group(0))
}
