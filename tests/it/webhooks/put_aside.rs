//! Poison in the tables: named by its event, with its time, and with an error until it comes through.

use std::time::Duration;

use serde_json::json;
use shared::{
    services::webhooks::{poison, replay},
    store::stored_events::Selection,
};
use time::OffsetDateTime;

use super::scene::{Scene, message, message_at};
use crate::support::{Refusing, unique};

#[tokio::test]
async fn two_accounts_that_one_comment_mentions_are_two_events_that_are_put_aside() {
    let scene = Scene::set().await;
    let (other, media_id) = (unique(), unique());
    let mention = json!([{ "field": "mentions", "value": { "media_id": media_id, "comment_id": unique() } }]);
    let both = [&scene.ig_id, &other].map(|account| json!({ "id": account, "changes": mention }));
    let condition =
        format!("NEW.event_type = 'mentions' AND NEW.payload_json -> 'value' ->> 'media_id' = '{media_id}'");
    let refusing = Refusing::rows(&scene.world.tables, "webhook_events", &condition, "23514").await;
    assert!(scene.process(&message(&json!({ "entry": both }))).await.is_empty());
    let sql = "SELECT 1 FROM webhook_events WHERE subject_id IN ($1, $2) AND event_type = 'poison'";
    assert_eq!(scene.world.tables.rows(sql, &[&scene.ig_id, &other]).await.len(), 2);
    refusing.end(&scene.world.tables).await;
}

#[tokio::test]
async fn what_was_put_aside_keeps_its_time_so_that_later_words_stay() {
    let scene = Scene::set().await;
    let (comment, now) = (unique(), OffsetDateTime::now_utc());
    let says = |text: &str| {
        let value = json!({ "id": comment, "text": text, "media": { "id": scene.media_id } });
        json!({ "entry": [{ "id": scene.ig_id, "changes": [{ "field": "comments", "value": value }] }] })
    };
    let refusing = scene.refuse(&comment, "23514").await;
    assert!(scene.process(&message_at(now - Duration::from_secs(60), &says("old"))).await.is_empty());
    refusing.end(&scene.world.tables).await;
    assert!(scene.process(&message_at(now, &says("new"))).await.is_empty());

    let sql = "SELECT id, correlation_id FROM webhook_events WHERE subject_id = $1 AND event_type = 'poison'";
    let poison = scene.world.tables.rows(sql, &[&scene.ig_id]).await.pop().unwrap();
    assert_eq!(poison.get::<_, &str>(1), "of-the-request");
    let selection = Selection { ids: vec![poison.get(0)], ..Selection::default() };
    replay::reprocess(&scene.processor.database, &selection, false, |_| ()).await.unwrap();

    let sql = "SELECT text FROM ig_comments WHERE ig_id = $1";
    assert_eq!(scene.world.tables.rows(sql, &[&comment]).await[0].get::<_, &str>(0), "new");
}

#[tokio::test]
async fn poison_whose_event_comes_through_after_all_no_longer_has_an_error() {
    let scene = Scene::set().await;
    let (ids, message) = scene.delivery();
    let refusing = scene.refuse(&ids[0], "23514").await;
    assert!(scene.process(&message).await.is_empty());
    poison::settle(&scene.processor.database).await.unwrap();
    assert_eq!(scene.poison().await, 1);

    refusing.end(&scene.world.tables).await;
    assert!(scene.process(&message).await.is_empty(), "it comes again, as by a redrive");
    poison::settle(&scene.processor.database).await.unwrap();
    assert_eq!(scene.poison().await, 0);
}
