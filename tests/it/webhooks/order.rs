//! Of several words on one thing the one that came in last counts, wherever they lie in between.

use serde_json::{Value, json};

use crate::support::{FunctionSandbox, World, eventually, operator, unique};

#[tokio::test]
async fn of_two_texts_the_one_that_came_in_last_stays_even_when_the_other_is_applied_later() {
    let scene = Scene::set().await;
    let comment = unique();
    scene.deliver(&[(&comment, "old")]).await;
    scene.world.webhooks_processed().await;
    scene.media_comes().await;
    scene.deliver(&[(&comment, "newer"), (&comment, "newest")]).await;
    scene.applied(3).await;
    assert_eq!(scene.text(&comment).await, "newest");
}

#[tokio::test]
async fn texts_of_one_delivery_keep_their_order_while_they_wait_and_when_they_are_applied_again() {
    let scene = Scene::set().await;
    let comments: Vec<_> = (0..8).map(|_| unique()).collect();
    let texts: Vec<_> = comments.iter().flat_map(|id| [(id.as_str(), "newer"), (id, "newest")]).collect();
    scene.deliver(&texts).await;
    scene.world.webhooks_processed().await;
    scene.media_comes().await;
    scene.applied(texts.len()).await;
    for comment in &comments {
        assert_eq!(scene.text(comment).await, "newest");
    }
    let sql = "SELECT id FROM webhook_events WHERE subject_id = $1";
    let ids = scene.world.tables.rows(sql, &[&scene.ig_id]).await;
    let ids: Vec<_> = ids.iter().map(|row| row.get::<_, i64>(0).to_string()).collect();
    operator(&["webhooks", "reprocess", "--id", &ids.join(","), "--apply"]).await;
    for comment in &comments {
        assert_eq!(scene.text(comment).await, "newest");
    }
}

#[tokio::test]
async fn texts_that_came_in_one_delivery_but_not_in_one_message_keep_their_order() {
    let scene = Scene::set().await;
    scene.media_comes().await;
    let (comment, long) = (unique(), "x".repeat(500_000));
    let [first, second] = ["first", "second"].map(|text| format!("{text} {long}"));
    scene.deliver(&[(&comment, &first), (&comment, &second)]).await;
    scene.applied(2).await;
    assert!(scene.text(&comment).await.starts_with("second"));
    let sql =
        "SELECT payload_json -> 'value' ->> 'text' FROM webhook_events WHERE subject_id = $1 ORDER BY received_at";
    let texts = scene.world.tables.rows(sql, &[&scene.ig_id]).await;
    assert!(texts[1].get::<_, &str>(0).starts_with("second"));
}

/// An account whose comments may come before their media.
struct Scene {
    world: World,
    account: i32,
    ig_id: String,
    media_id: String,
}

impl Scene {
    async fn set() -> Self {
        let world = World::open().await;
        let ig_id = unique();
        let user = world.tables.user().await;
        let (_, account) = world.tables.instagram_account(user, &ig_id).await;
        Self { world, account, ig_id, media_id: unique() }
    }

    /// Comments with their texts, in one delivery.
    async fn deliver(&self, texts: &[(&str, &str)]) {
        let change = |(id, text): &(&str, &str)| -> Value {
            json!({ "field": "comments", "value": { "id": id, "text": text, "media": { "id": self.media_id } } })
        };
        let changes: Vec<_> = texts.iter().map(change).collect();
        let entry = json!([{ "id": self.ig_id, "changes": changes }]);
        assert_eq!(self.world.platforms.instagram_event(entry, 1).await, [200]);
    }

    async fn media_comes(&self) {
        self.world.tables.instagram_media(self.account, &self.media_id).await;
    }

    /// Until so many events are applied, by the sweep where they wait.
    async fn applied(&self, events: usize) {
        let sql = "SELECT 1 FROM webhook_events WHERE subject_id = $1 AND applied_at IS NOT NULL";
        let updater = FunctionSandbox::start(&self.world, "status-updater", []).await;
        eventually("all are applied", async || {
            updater.invoke(json!({})).await;
            (self.world.tables.rows(sql, &[&self.ig_id]).await.len() == events).then_some(())
        })
        .await;
    }

    async fn text(&self, comment: &str) -> String {
        let sql = "SELECT text FROM ig_comments WHERE ig_id = $1";
        self.world.tables.rows(sql, &[&comment]).await[0].get(0)
    }
}
