//! Secrets that change while the system runs.

use serde_json::{Value, json};

use crate::support::{HttpSandbox, World, eventually, http_event, unique};

#[tokio::test]
async fn a_rotated_secret_is_picked_up_and_the_previous_one_still_verifies() {
    let world = World::alone().await;
    let old = world.stack.secrets.tiktok.clone();
    let ingest = HttpSandbox::start(&world, "webhook-ingest", [("LIMIT_PER_IP", "1000000")]).await;
    assert_eq!(ingest.call(delivery(&old.client_secret)).await.status, 200, "its copy is made");

    let new = unique();
    let secret = |client_secret: &str| json!({ "clientKey": old.client_key, "clientSecret": client_secret });
    let settings = world.aws.settings(&world.stack.functions["webhook-ingest"]).await;
    let id = &settings["TIKTOK_SECRET_ID"];
    world.aws.put_secret(id, &secret(&new)).await;

    eventually("the new secret is read", async || (ingest.call(delivery(&new)).await.status == 200).then_some(()))
        .await;
    assert_eq!(ingest.call(delivery(&old.client_secret)).await.status, 200);
    assert_eq!(ingest.call(delivery("neither")).await.status, 401);
    world.aws.put_secret(id, &secret(&old.client_secret)).await;
}

#[tokio::test]
async fn a_slip_in_the_previous_version_does_no_harm() {
    let world = World::alone().await;
    let secret = &world.stack.secrets.tiktok;
    let settings = world.aws.settings(&world.stack.functions["webhook-ingest"]).await;
    world.aws.put_secret(&settings["TIKTOK_SECRET_ID"], &json!("oops, not the documented JSON")).await;
    let right = json!({ "clientKey": secret.client_key, "clientSecret": secret.client_secret });
    world.aws.put_secret(&settings["TIKTOK_SECRET_ID"], &right).await;
    let ingest = HttpSandbox::start(&world, "webhook-ingest", []).await;
    assert_eq!(ingest.call(delivery(&secret.client_secret)).await.status, 200);
}

/// A TikTok delivery signed with this secret.
fn delivery(client_secret: &str) -> Value {
    let body = json!({ "event": "test.rotation", "user_openid": unique(), "content": "{}" }).to_string();
    let mut event = http_event("POST", "/api/webhooks/tiktok", "POST /api/webhooks/{platform}");
    event["pathParameters"] = json!({ "platform": "tiktok" });
    event["headers"]["tiktok-signature"] = json!(testkit::tiktok::sign(client_secret, &body));
    event["body"] = json!(body);
    event
}
