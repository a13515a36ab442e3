//! What the ingest answers, told by what the queue confirmed and by what was signed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::support::{AwsLine, HttpSandbox, World, eventually, http_event, unique};

#[tokio::test]
async fn a_delivery_is_confirmed_only_once_the_queue_has_confirmed_every_part_of_it() {
    let world = World::open().await;
    let line = AwsLine::before(&world.stack.aws_endpoint_url).await;
    let ingest = HttpSandbox::start(&world, "webhook-ingest", [("AWS_ENDPOINT_URL", line.url())]).await;
    let account = unique();
    let delivery = instagram(&world, &two_messages_long(&account));

    for passing in [0, 1] {
        line.refuse_after(passing, "SendMessage");
        let answer = ingest.call(delivery.clone()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (503, "service_unavailable"),
            "{passing} parts were confirmed"
        );
    }
    line.heal();
    assert_eq!(ingest.call(delivery).await.status, 200);

    let sql = "SELECT count(*) FROM webhook_events WHERE subject_id = $1";
    let both = async || (world.tables.rows(sql, &[&account]).await[0].get::<_, i64>(0) == 2).then_some(());
    eventually("both are there", both).await;
}

#[tokio::test]
async fn a_delivery_to_another_app_is_turned_away_however_well_it_is_signed() {
    let world = World::open().await;
    let secret = &world.stack.secrets.tiktok;
    let ingest = HttpSandbox::start(&world, "webhook-ingest", [("LIMIT_PER_IP", "1000000")]).await;
    for (client_key, status) in [(secret.client_key.as_str(), 200), ("awanotherapp00001", 401)] {
        let body = json!({ "client_key": client_key, "event": "test.app", "content": "{}" }).to_string();
        let signature = testkit::tiktok::sign(&secret.client_secret, &body);
        let delivery = delivery("tiktok", "tiktok-signature", &signature, &body);
        assert_eq!(ingest.call(delivery).await.status, status, "{client_key}");
    }
}

#[tokio::test]
async fn a_body_that_comes_in_base64_is_the_same_body() {
    let world = World::open().await;
    let ingest = HttpSandbox::start(&world, "webhook-ingest", []).await;
    let account = unique();
    let body = json!({ "entry": [{ "id": account, "changes": [{ "field": "f", "value": "café 😀" }] }] }).to_string();
    let mut delivery = instagram(&world, &body);
    delivery["isBase64Encoded"] = json!(true);
    delivery["body"] = json!(STANDARD.encode(&body));
    assert_eq!(ingest.call(delivery).await.status, 200);
    let sql = "SELECT payload_json ->> 'value' FROM webhook_events WHERE subject_id = $1";
    let row = eventually("it is there", async || world.tables.rows(sql, &[&account]).await.pop()).await;
    assert_eq!(row.get::<_, &str>(0), "café 😀");
}

/// A delivery of two changes that only fit into two messages.
fn two_messages_long(account: &str) -> String {
    let change = |name: &str| json!({ "field": name, "value": "x".repeat(500_000) });
    json!({ "entry": [{ "id": account, "changes": [change("one"), change("two")] }] }).to_string()
}

fn instagram(world: &World, body: &str) -> Value {
    let signature = testkit::meta::sign(&world.stack.secrets.meta.app_secret, body);
    delivery("instagram", "x-hub-signature-256", &signature, body)
}

fn delivery(platform: &str, header: &str, signature: &str, body: &str) -> Value {
    let mut event = http_event("POST", &format!("/api/webhooks/{platform}"), "POST /api/webhooks/{platform}");
    event["pathParameters"] = json!({ "platform": platform });
    event["headers"][header] = json!(signature);
    event["body"] = json!(body);
    event
}
