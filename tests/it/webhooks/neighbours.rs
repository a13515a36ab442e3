//! A delivery with an event that is refused, and what that costs the other events: nothing.

use std::{slice, time::Duration};

use serde_json::{Value, json};
use shared::{
    domain::{CorrelationId, Platform},
    queue::webhooks::Delivery,
    services::webhooks::{
        poison,
        process::{Message, Processor},
        replay,
    },
    store::stored_events::Selection,
};
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::support::{Refusing, World, unique};

#[tokio::test]
async fn an_event_that_is_refused_for_no_fault_of_its_own_comes_again_and_costs_its_neighbours_nothing() {
    let scene = Scene::set().await;
    for state in ["42501", "55P03"] {
        let (ids, message) = scene.delivery();
        let refusing = scene.refuse(&ids[0], state).await;
        assert_eq!(scene.process(&message).await, [message.id.as_str()], "{state}");
        assert_eq!(scene.comments(&ids).await, ids[1..], "{state}");

        refusing.end(&scene.world.tables).await;
        assert!(scene.process(&message).await.is_empty(), "{state}");
        assert_eq!(scene.comments(&ids).await, ids, "{state}");
    }
    assert_eq!(scene.dead_letters().await, 0);
}

#[tokio::test]
async fn poison_is_sent_off_once_by_the_attempt_that_finishes_its_message() {
    let scene = Scene::set().await;
    let (ids, message) = scene.delivery();
    let poisoning = scene.refuse(&ids[0], "P0001").await;
    let refusing = scene.refuse(&ids[1], "42501").await;
    for _ in 0..2 {
        assert_eq!(scene.process(&message).await, [message.id.as_str()]);
    }
    assert_eq!((scene.poison().await, scene.dead_letters().await), (1, 0));

    refusing.end(&scene.world.tables).await;
    assert!(scene.process(&message).await.is_empty());
    assert_eq!((scene.poison().await, scene.dead_letters().await), (1, 1));
    assert_eq!(scene.comments(&ids).await, ids[1..]);
    poisoning.end(&scene.world.tables).await;
}

#[tokio::test]
async fn what_is_not_done_in_time_comes_again_and_leaves_nothing_half_done() {
    let scene = Scene::set().await;
    let (ids, message) = scene.delivery();
    let poisoning = scene.refuse(&ids[0], "23514").await;
    let late = scene.processor.batch(slice::from_ref(&message), Instant::now()).await;
    assert_eq!(late, [message.id.as_str()]);
    assert_eq!((scene.poison().await, scene.dead_letters().await), (0, 0));
    assert!(scene.comments(&ids).await.is_empty());
    poisoning.end(&scene.world.tables).await;
}

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

/// Media that is commented, and a processor with a dead-letter queue of its own.
struct Scene {
    world: World,
    processor: Processor,
    dead: String,
    ig_id: String,
    media_id: String,
}

impl Scene {
    async fn set() -> Self {
        let world = World::open().await;
        let (ig_id, media_id) = (unique(), unique());
        let user = world.tables.user().await;
        let (_, account) = world.tables.instagram_account(user, &ig_id).await;
        world.tables.instagram_media(account, &media_id).await;
        let dead = world.aws.new_queue().await;
        let processor = Processor { database: world.database().await, dead_letters: world.aws.queue(&dead) };
        Self { world, processor, dead, ig_id, media_id }
    }

    /// Three comments, in order, and the message that brings them.
    fn delivery(&self) -> ([String; 3], Message) {
        let ids = [unique(), unique(), unique()];
        let comment =
            |id: &String| json!({ "field": "comments", "value": { "id": id, "media": { "id": self.media_id } } });
        let body = json!({ "entry": [{ "id": self.ig_id, "changes": ids.each_ref().map(comment) }] });
        (ids, message(&body))
    }

    async fn refuse(&self, comment: &str, state: &str) -> Refusing {
        Refusing::rows(&self.world.tables, "ig_comments", &format!("NEW.ig_id = '{comment}'"), state).await
    }

    /// The ids of what must come again.
    async fn process(&self, message: &Message) -> Vec<String> {
        self.processor.batch(slice::from_ref(message), Instant::now() + Duration::from_secs(60)).await
    }

    /// Those of the comments that are there.
    async fn comments(&self, ids: &[String]) -> Vec<String> {
        let sql = "SELECT ig_id FROM ig_comments WHERE ig_id = ANY ($1) ORDER BY ig_id";
        self.world.tables.rows(sql, &[&ids]).await.iter().map(|row| row.get(0)).collect()
    }

    /// How many events of the account are put aside.
    async fn poison(&self) -> usize {
        let sql = "SELECT 1 FROM webhook_events
                    WHERE subject_id = $1 AND event_type = 'poison' AND error_message IS NOT NULL";
        self.world.tables.rows(sql, &[&self.ig_id]).await.len()
    }

    async fn dead_letters(&self) -> u32 {
        self.world.aws.depth(&self.dead).await
    }
}

fn message(body: &Value) -> Message {
    message_at(OffsetDateTime::now_utc(), body)
}

fn message_at(received_at: OffsetDateTime, body: &Value) -> Message {
    let (correlation_id, body) = (CorrelationId::parse("of-the-request"), body.to_string().into_bytes());
    let delivery = Delivery { platform: Platform::Instagram, received_at, correlation_id, body };
    Message { id: unique(), body: delivery.to_message() }
}
