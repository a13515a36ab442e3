//! Events that come before the row that they are about: applied by whoever creates that row, or by the next round of
//! `status-updater`, in whichever order the transactions end.

use std::time::Duration;

use deadpool_postgres::Transaction;
use serde_json::json;
use shared::{services::webhooks::waiting, store::stored_events::Awaited};
use tokio::time::Instant;

use crate::support::{FunctionSandbox, World, eventually, unique};

#[tokio::test]
async fn whoever_creates_the_post_applies_what_waits_for_it() {
    let world = World::open().await;
    let post = Post::of_new_account(&world).await;
    post.completes(&world).await;
    waits(&world, &post.open_id).await;

    let mut connection = world.database().await.connection().await.unwrap();
    let mut transaction = connection.transaction().await.unwrap();
    post.insert(&transaction).await;
    let applied = waiting::apply_for(&mut transaction, Awaited::TikTokPost(&post.publish_id)).await.unwrap();
    assert_eq!((applied, post.status_in(&transaction).await.as_str()), (1, "PUBLISH_COMPLETE"));
    transaction.commit().await.unwrap();

    assert!(!is_waiting(&world, &post.open_id).await);
}

#[tokio::test]
async fn an_event_that_came_while_its_post_was_not_committed_is_applied_by_the_next_round() {
    let world = World::open().await;
    let post = Post::of_new_account(&world).await;
    let mut connection = world.database().await.connection().await.unwrap();
    let mut transaction = connection.transaction().await.unwrap();
    post.insert(&transaction).await;
    let applied = waiting::apply_for(&mut transaction, Awaited::TikTokPost(&post.publish_id)).await.unwrap();
    assert_eq!(applied, 0, "nothing has come yet");

    post.completes(&world).await;
    waits(&world, &post.open_id).await;
    transaction.commit().await.unwrap();

    let updater = FunctionSandbox::start(&world, "status-updater", []).await;
    swept(&world, &updater, &post.open_id).await;
    let sql = "SELECT status FROM tiktok_posts WHERE publish_id = $1";
    assert_eq!(world.tables.rows(sql, &[&post.publish_id]).await[0].get::<_, &str>(0), "PUBLISH_COMPLETE");
}

#[tokio::test]
async fn a_row_that_more_events_wait_for_than_a_transaction_takes_leaves_the_rest_to_the_sweep() {
    let world = World::open().await;
    let own = world.new_database().await;
    let user = own.tables.user().await;
    let account = own.tables.tiktok_account(user, "-000").await;
    let event = json!({ "event": "post.publish.complete", "content": { "publish_id": "v_pub_file~1" } });
    let sql = "INSERT INTO webhook_events (provider, event_type, external_id, waits_for, payload_json)
               SELECT 'tiktok', 'post.publish.complete', number, 'publish_id:v_pub_file~1', $1
                 FROM generate_series(1, 60) number";
    own.tables.rows(sql, &[&event]).await;
    own.tables.tiktok_post(user, account, "v_pub_file~1").await;

    let mut connection = own.database.connection().await.unwrap();
    let mut transaction = connection.transaction().await.unwrap();
    let applied = waiting::apply_for(&mut transaction, Awaited::TikTokPost("v_pub_file~1")).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        (applied, waiting::sweep(&own.database, Instant::now() + Duration::from_secs(20)).await.unwrap()),
        (50, 10)
    );
}

#[tokio::test]
async fn a_comment_that_came_before_its_media_is_there_once_the_media_is() {
    let world = World::open().await;
    let (ig_id, media_id, comment_id) = (unique(), unique(), unique());
    let user = world.tables.user().await;
    let (_, account) = world.tables.instagram_account(user, &ig_id).await;
    let comment = json!({ "field": "comments", "value": { "id": comment_id, "text": "first!\u{0}",
                          "from": { "id": "1", "username": "ada" }, "media": { "id": media_id } } });
    world.platforms.instagram_event(json!([{ "id": ig_id, "changes": [comment] }]), 2).await;
    waits(&world, &ig_id).await;

    world.tables.instagram_media(account, &media_id).await;
    let updater = FunctionSandbox::start(&world, "status-updater", []).await;
    swept(&world, &updater, &ig_id).await;

    let sql = "SELECT text FROM ig_comments WHERE ig_id = $1";
    assert_eq!(world.tables.rows(sql, &[&comment_id]).await[0].get::<_, &str>(0), "first!\u{fffd}");
}

/// A post that TikTok knows of, and we not yet.
struct Post {
    user: i64,
    account: i32,
    open_id: String,
    publish_id: String,
}

impl Post {
    async fn of_new_account(world: &World) -> Self {
        let (open_id, publish_id) = (format!("-000{}", unique()), format!("v_pub_file~{}", unique()));
        let user = world.tables.user().await;
        let account = world.tables.tiktok_account(user, &open_id).await;
        Self { user, account, open_id, publish_id }
    }

    async fn completes(&self, world: &World) {
        let content = json!({ "publish_id": self.publish_id, "publish_type": "DIRECT_PUBLISH" });
        let event = json!({ "event": "post.publish.complete", "user_openid": self.open_id, "content": content });
        assert_eq!(world.platforms.tiktok_event(event).await, [200]);
    }

    async fn insert(&self, transaction: &Transaction<'_>) {
        let sql = "INSERT INTO tiktok_posts (user_id, oauth_account_id, publish_id, status, source)
                   VALUES ($1, $2, $3, 'PROCESSING_UPLOAD', 'FILE_UPLOAD')";
        transaction.execute(sql, &[&self.user, &self.account, &self.publish_id]).await.unwrap();
    }

    async fn status_in(&self, transaction: &Transaction<'_>) -> String {
        let sql = "SELECT status FROM tiktok_posts WHERE publish_id = $1";
        transaction.query_one(sql, &[&self.publish_id]).await.unwrap().get(0)
    }
}

/// Goes a round; what another sweep holds at this moment, that one applies.
async fn swept(world: &World, updater: &FunctionSandbox, subject: &str) {
    updater.invoke(json!({})).await;
    eventually("nothing waits", async || (!is_waiting(world, subject).await).then_some(())).await;
}

/// Until the event is stored and waits.
async fn waits(world: &World, subject: &str) {
    eventually("the event waits", async || is_waiting(world, subject).await.then_some(())).await;
}

async fn is_waiting(world: &World, subject: &str) -> bool {
    let sql = "SELECT 1 FROM webhook_events WHERE subject_id = $1 AND applied_at IS NULL";
    !world.tables.rows(sql, &[&subject]).await.is_empty()
}
