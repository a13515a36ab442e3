//! A processor among refusals: media that is commented, and what became of the comments.

use std::{slice, time::Duration};

use serde_json::{Value, json};
use shared::{
    domain::{CorrelationId, Platform},
    queue::webhooks::Delivery,
    services::webhooks::process::{Message, Processor},
};
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::support::{Refusing, World, unique};

/// Media that is commented, and a processor with a dead-letter queue of its own.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) processor: Processor,
    dead: String,
    pub(super) ig_id: String,
    pub(super) media_id: String,
}

impl Scene {
    pub(super) async fn set() -> Self {
        let world = World::open().await;
        let (ig_id, media_id) = (unique(), unique());
        let user = world.tables.user().await;
        let (_, account) = world.tables.instagram_account(user, &ig_id).await;
        world.tables.instagram_media(account, &media_id).await;
        let dead = world.aws.new_queue(&format!("own-{}", unique())).await;
        let processor = Processor { database: world.database().await, dead_letters: world.aws.queue(&dead) };
        Self { world, processor, dead, ig_id, media_id }
    }

    /// Three comments, in order, and the message that brings them.
    pub(super) fn delivery(&self) -> ([String; 3], Message) {
        let ids = [unique(), unique(), unique()];
        let comment =
            |id: &String| json!({ "field": "comments", "value": { "id": id, "media": { "id": self.media_id } } });
        let body = json!({ "entry": [{ "id": self.ig_id, "changes": ids.each_ref().map(comment) }] });
        (ids, message(&body))
    }

    pub(super) async fn refuse(&self, comment: &str, state: &str) -> Refusing {
        Refusing::rows(&self.world.tables, "ig_comments", &format!("NEW.ig_id = '{comment}'"), state).await
    }

    /// The ids of what must come again.
    pub(super) async fn process(&self, message: &Message) -> Vec<String> {
        self.processor.batch(slice::from_ref(message), Instant::now() + Duration::from_secs(60)).await
    }

    /// Those of the comments that are there, in the order in which they were asked for.
    pub(super) async fn comments(&self, ids: &[String]) -> Vec<String> {
        let sql = "SELECT ig_id FROM ig_comments WHERE ig_id = ANY ($1) ORDER BY array_position($1, ig_id)";
        self.world.tables.rows(sql, &[&ids]).await.iter().map(|row| row.get(0)).collect()
    }

    /// How many events of the account are put aside.
    pub(super) async fn poison(&self) -> usize {
        let sql = "SELECT 1 FROM webhook_events
                    WHERE subject_id = $1 AND event_type = 'poison' AND error_message IS NOT NULL";
        self.world.tables.rows(sql, &[&self.ig_id]).await.len()
    }

    pub(super) async fn dead_letters(&self) -> u32 {
        self.world.aws.depth(&self.dead).await
    }
}

pub(super) fn message(body: &Value) -> Message {
    message_at(OffsetDateTime::now_utc(), body)
}

pub(super) fn message_at(received_at: OffsetDateTime, body: &Value) -> Message {
    let (correlation_id, body) = (CorrelationId::parse("of-the-request"), body.to_string().into_bytes());
    let delivery = Delivery { platform: Platform::Instagram, received_at, correlation_id, body };
    Message { id: unique(), body: delivery.to_message() }
}
