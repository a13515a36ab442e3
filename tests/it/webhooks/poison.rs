//! What can't be processed: put aside with its error, alone, and brought back once it can be.

use serde_json::json;
use shared::{domain::Platform, queue::webhooks::Delivery};
use time::OffsetDateTime;

use crate::support::{Refusing, World, eventually, operator, unique};

#[tokio::test]
async fn an_event_that_breaks_a_rule_is_put_aside_alone_and_comes_back_once_the_rule_is_gone() {
    let world = World::alone().await;
    let dead = &world.stack.queues["webhooks-dlq"];
    world.aws.purge(dead).await;
    let (ig_id, media_id, ids) = (unique(), unique(), [unique(), unique()]);
    let user = world.tables.user().await;
    let (_, account) = world.tables.instagram_account(user, &ig_id).await;
    world.tables.instagram_media(account, &media_id).await;
    let refusing = Refusing::rows(&world.tables, "ig_comments", &format!("NEW.ig_id = '{}'", ids[0]), "23514").await;
    let comment = |id: &String| json!({ "field": "comments", "value": { "id": id, "media": { "id": media_id } } });
    let changes = ids.each_ref().map(comment);
    assert_eq!(world.platforms.instagram_event(json!([{ "id": ig_id, "changes": changes }]), 1).await, [200]);

    let row = poison_of(&world, &ig_id).await;
    assert!(row.1.contains("23514"), "{row:?}");
    assert!(is_comment(&world, &ids[1]).await, "the neighbour is there");
    assert_eq!(world.aws.depth(dead).await, 1);

    let driven = operator(&["webhooks", "redrive", "--apply"]).await;
    assert!(driven.contains("1 messages are back"), "{driven}");
    eventually("it is put aside again", async || (world.aws.depth(dead).await == 1).then_some(())).await;
    let again = operator(&["webhooks", "reprocess", "--id", &row.0.to_string(), "--apply"]).await;
    assert!(again.contains("1 of them break a rule"), "{again}");
    let rehearsed = operator(&["webhooks", "reprocess", "--id", &row.0.to_string()]).await;
    assert!(rehearsed.contains("1 of them would break a rule of the tables.\n"), "{rehearsed}");

    refusing.end(&world.tables).await;
    let again = operator(&["webhooks", "reprocess", "--id", &row.0.to_string(), "--apply"]).await;
    assert!(again.contains("1 of them had been refused or not understood, and came through"), "{again}");
    assert!(is_comment(&world, &ids[0]).await);
    let again = operator(&["webhooks", "reprocess", "--id", &row.0.to_string(), "--apply"]).await;
    assert!(again.contains("0 of them had been refused"), "it is told once: {again}");
    operator(&["webhooks", "redrive", "--apply"]).await;
    world.webhooks_processed().await;
    assert_eq!(world.aws.depth(dead).await, 0);
}

#[tokio::test]
async fn every_piece_of_a_delivery_comes_back_as_the_event_that_it_was() {
    let world = World::alone().await;
    let account = unique();
    let condition = format!("NEW.subject_id = '{account}' AND NEW.event_type <> 'poison'");
    let refusing = Refusing::rows(&world.tables, "webhook_events", &condition, "23514").await;
    let entries = json!([
        { "id": account, "changes": [{ "field": "mentions", "value": { "media_id": "1" } }] },
        { "id": account, "messaging": [{ "message": { "mid": "m" } }] },
        { "id": account, "standby": [{ "message": { "mid": "m" } }] },
        { "id": account, "changed_fields": ["comments"] },
    ]);
    assert_eq!(world.platforms.instagram_event(entries, 1).await, [200]);
    let sql = "SELECT id FROM webhook_events WHERE subject_id = $1 AND event_type = 'poison'";
    let all = async || Some(world.tables.rows(sql, &[&account]).await).filter(|rows| rows.len() == 4);
    let ids: Vec<_> = eventually("all four are put aside", all).await;
    let ids: Vec<_> = ids.iter().map(|row| row.get::<_, i64>(0).to_string()).collect();

    refusing.end(&world.tables).await;
    operator(&["webhooks", "reprocess", "--id", &ids.join(","), "--apply"]).await;

    let sql = "SELECT event_type FROM webhook_events WHERE subject_id = $1 AND event_type <> 'poison' ORDER BY 1";
    let types: Vec<String> = world.tables.rows(sql, &[&account]).await.iter().map(|row| row.get(0)).collect();
    assert_eq!(types, ["mentions", "messaging", "messaging_standby", "unknown"]);
    world.aws.purge(&world.stack.queues["webhooks-dlq"]).await;
}

#[tokio::test]
async fn what_could_not_even_be_read_when_it_was_put_aside_is_stored_at_last() {
    let world = World::alone().await;
    let body = format!("no JSON {}", unique());
    let condition = format!("NEW.event_type = 'malformed' AND NEW.payload_raw = '{body}'::bytea");
    let refusing = Refusing::rows(&world.tables, "webhook_events", &condition, "23514").await;
    let delivery = Delivery {
        platform: Platform::TikTok,
        received_at: OffsetDateTime::now_utc(),
        correlation_id: None,
        body: body.clone().into_bytes(),
    };
    world.aws.send(&world.stack.queues["webhooks"], &[delivery.to_message()]).await;
    let sql = "SELECT id FROM webhook_events WHERE payload_raw = $1 AND event_type = $2";
    let stored = async |event_type: &str| world.tables.rows(sql, &[&body.as_bytes(), &event_type]).await.pop();
    let poison = eventually("it is put aside", async || stored("poison").await).await;

    refusing.end(&world.tables).await;
    let id = poison.get::<_, i64>(0).to_string();
    operator(&["webhooks", "reprocess", "--id", &id, "--apply"]).await;

    assert!(stored("malformed").await.is_some());
    world.aws.purge(&world.stack.queues["webhooks-dlq"]).await;
}

#[tokio::test]
async fn a_message_that_is_no_delivery_is_stored_and_put_aside() {
    let world = World::alone().await;
    let dead = &world.stack.queues["webhooks-dlq"];
    world.aws.purge(dead).await;
    let message = format!("no delivery at all {}", unique());
    world.aws.send(&world.stack.queues["webhooks"], std::slice::from_ref(&message)).await;
    let sql = "SELECT provider, event_type, id FROM webhook_events WHERE payload_raw = $1";
    let row = eventually("it is stored", async || world.tables.rows(sql, &[&message.as_bytes()]).await.pop()).await;
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("unknown", "poison"));
    eventually("it is put aside", async || (world.aws.depth(dead).await == 1).then_some(())).await;
    assert_eq!(world.aws.bodies(dead).await, [message]);
    let id = row.get::<_, i64>(2).to_string();
    let passed_over = operator(&["webhooks", "reprocess", "--id", &id]).await;
    assert!(passed_over.contains("1 of the ids are passed over"), "{passed_over}");
}

/// The id and the error of this account's poison.
async fn poison_of(world: &World, subject: &str) -> (i64, String) {
    let sql = "SELECT id, error_message FROM webhook_events WHERE subject_id = $1 AND event_type = 'poison'";
    let row = eventually("it is put aside", async || world.tables.rows(sql, &[&subject]).await.pop()).await;
    (row.get(0), row.get(1))
}

async fn is_comment(world: &World, id: &str) -> bool {
    let sql = "SELECT 1 FROM ig_comments WHERE ig_id = $1";
    !world.tables.rows(sql, &[&id]).await.is_empty()
}
