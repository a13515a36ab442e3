//! The operator's tool, as it's typed: dead letters back into the queue, a rehearsal unless told otherwise.

use serde_json::json;
use shared::{domain::Platform, queue::webhooks::Delivery};
use time::OffsetDateTime;

use crate::support::{World, eventually, operator, unique};

#[tokio::test]
async fn dead_letters_go_back_into_the_queue_once_it_is_meant() {
    let world = World::alone().await;
    let dead = &world.stack.queues["webhooks-dlq"];
    world.aws.purge(dead).await;
    let marker = unique();
    world.aws.send(dead, &[delivery(&json!({ "event": "test.dead", "user_openid": marker, "content": "{}" }))]).await;

    let rehearsed = operator(&["webhooks", "redrive"]).await;
    assert!(rehearsed.contains("1 messages would go back"), "{rehearsed}");
    assert_eq!(world.aws.depth(dead).await, 1);

    let done = operator(&["webhooks", "redrive", "--apply"]).await;
    assert!(done.contains("1 messages are back"), "{done}");
    let sql = "SELECT 1 FROM webhook_events WHERE subject_id = $1";
    eventually("it is processed", async || world.tables.rows(sql, &[&marker]).await.pop()).await;
    assert_eq!(world.aws.depth(dead).await, 0);
}

#[tokio::test]
async fn poison_that_comes_back_at_once_leaves_no_other_message_behind() {
    let world = World::alone().await;
    let dead = &world.stack.queues["webhooks-dlq"];
    world.aws.purge(dead).await;
    let marker = unique();
    let poison: Vec<_> = (0..30).map(|number| format!("no delivery at all {marker} {number}")).collect();
    let good = (0..10).map(|number| json!({ "event": "test.dead", "user_openid": marker, "create_time": number }));
    let good: Vec<_> = good.map(|event| delivery(&event)).collect();
    world.aws.send(dead, &[poison, good].concat()).await;

    let done = operator(&["webhooks", "redrive", "--apply"]).await;
    assert!(done.contains("40 messages are back"), "{done}");
    let sql = "SELECT 1 FROM webhook_events WHERE subject_id = $1";
    let all = async || (world.tables.rows(sql, &[&marker]).await.len() == 10).then_some(());
    eventually("all others are processed", all).await;
    world.webhooks_processed().await;
    assert_eq!(world.aws.depth(dead).await, 30);
    world.aws.purge(dead).await;
}

fn delivery(body: &serde_json::Value) -> String {
    let (received_at, body) = (OffsetDateTime::now_utc(), body.to_string().into_bytes());
    Delivery { platform: Platform::TikTok, received_at, correlation_id: None, body }.to_message()
}
