//! The sweep among events that the tables refuse: what is to blame is given up, what isn't waits on.

use std::time::Duration;

use serde_json::json;
use shared::{services::webhooks::waiting, store::stored_events::Awaited};
use tokio::time::Instant;

use crate::support::{FunctionSandbox, Refusing, World, eventually, unique};

#[tokio::test]
async fn an_event_that_breaks_a_rule_is_given_up_and_costs_no_other() {
    let world = World::open().await;
    let comments = Comments::that_wait(&world).await;
    let refusing = comments.refuse_first(&world, "23514").await;
    comments.media_comes(&world).await;

    comments.second_is_applied(&world).await;
    let row = comments.first(&world).await;
    assert!(!row.waits && !row.is_applied, "{row:?}");
    assert!(row.error.as_ref().is_some_and(|error| error.contains("23514")), "{row:?}");
    refusing.end(&world.tables).await;
}

#[tokio::test]
async fn an_event_that_is_not_to_blame_waits_on_and_is_applied_once_it_can_be() {
    let world = World::open().await;
    let comments = Comments::that_wait(&world).await;
    let refusing = comments.refuse_first(&world, "42501").await;
    comments.media_comes(&world).await;

    comments.second_is_applied(&world).await;
    let row = comments.first(&world).await;
    assert!(row.waits && row.error.is_none(), "{row:?}");

    refusing.end(&world.tables).await;
    let updater = FunctionSandbox::start(&world, "status-updater", []).await;
    updater.invoke(json!({})).await;
    eventually("it is applied", async || comments.first(&world).await.is_applied.then_some(())).await;
}

#[tokio::test]
async fn however_many_are_refused_those_behind_them_are_applied() {
    let world = World::open().await;
    let own = world.new_database().await;
    let (ig_id, media_id) = (unique(), unique());
    let user = own.tables.user().await;
    let (_, account) = own.tables.instagram_account(user, &ig_id).await;
    own.tables.instagram_media(account, &media_id).await;
    let refusing = Refusing::rows(&own.tables, "ig_comments", "NEW.ig_id <> '999'", "42501").await;
    let sql = "INSERT INTO webhook_events (provider, event_type, external_id, subject_id, waits_for, payload_json)
               SELECT 'instagram', 'comments', number, $1, 'ig_media:' || $2, json_build_object('field', 'comments',
                      'value', json_build_object('id', number::text, 'media', json_build_object('id', $2)))
                 FROM generate_series(500, 999) number";
    own.tables.rows(sql, &[&ig_id, &media_id]).await;
    assert_eq!(waiting::sweep(&own.database, Instant::now() + Duration::from_secs(20)).await.unwrap(), 1);
    refusing.end(&own.tables).await;
}

#[tokio::test]
async fn what_is_refused_does_not_cost_the_row_that_it_waits_for() {
    let world = World::open().await;
    for state in ["23514", "42501", "40P01"] {
        let comments = Comments::that_wait(&world).await;
        let refusing = comments.refuse_first(&world, state).await;
        comments.media_comes_and_leaves_them_waiting(&world).await;
        refusing.end(&world.tables).await;
    }
}

#[tokio::test]
async fn what_another_transaction_holds_does_not_cost_the_row_that_it_waits_for() {
    let world = World::open().await;
    let comments = Comments::that_wait(&world).await;
    world.tables.run("BEGIN").await;
    world.tables.rows("SELECT 1 FROM webhook_events WHERE subject_id = $1 FOR UPDATE", &[&comments.ig_id]).await;
    comments.media_comes_and_leaves_them_waiting(&world).await;
    world.tables.run("ROLLBACK").await;
}

#[tokio::test]
async fn the_wait_of_what_is_being_applied_at_this_moment_is_not_ended() {
    let world = World::open().await;
    let own = world.new_database().await;
    let sql = "INSERT INTO webhook_events (provider, event_type, external_id, waits_for, payload_json, received_at)
               SELECT 'tiktok', 'old', number, 'publish_id:1', '{}', now() - interval '31 days'
                 FROM generate_series(1, 2) number";
    own.tables.run(sql).await;
    own.tables.run("BEGIN; SELECT 1 FROM webhook_events WHERE external_id = '1' FOR UPDATE").await;
    assert_eq!(waiting::give_up_old(&own.database).await.unwrap(), 1);
    own.tables.run("ROLLBACK").await;
    assert_eq!(waiting::give_up_old(&own.database).await.unwrap(), 1);
}

#[tokio::test]
async fn nothing_waits_for_ever() {
    let world = World::open().await;
    let comments = Comments::that_wait(&world).await;
    let sql = "UPDATE webhook_events SET received_at = now() - interval '31 days' WHERE subject_id = $1
                  AND payload_json -> 'value' ->> 'id' = $2";
    world.tables.rows(sql, &[&comments.ig_id, &comments.ids[0]]).await;
    FunctionSandbox::start(&world, "status-updater", []).await.invoke(json!({})).await;
    let row = comments.first(&world).await;
    assert!(!row.waits && !row.is_applied && row.error.is_some(), "{row:?}");
    let sql = "SELECT 1 FROM webhook_events WHERE subject_id = $1 AND waits_for IS NOT NULL";
    assert_eq!(world.tables.rows(sql, &[&comments.ig_id]).await.len(), 1, "the other waits on");
}

/// Two comments on media that isn't there yet.
struct Comments {
    account: i32,
    ig_id: String,
    media_id: String,
    ids: [String; 2],
}

/// What is stored of an event.
#[derive(Debug)]
struct Stored {
    waits: bool,
    is_applied: bool,
    error: Option<String>,
}

impl Comments {
    async fn that_wait(world: &World) -> Self {
        let (ig_id, media_id, ids) = (unique(), unique(), [unique(), unique()]);
        let user = world.tables.user().await;
        let (_, account) = world.tables.instagram_account(user, &ig_id).await;
        let comment = |id: &String| json!({ "field": "comments", "value": { "id": id, "media": { "id": media_id } } });
        let entry = json!([{ "id": ig_id, "changes": ids.each_ref().map(comment) }]);
        assert_eq!(world.platforms.instagram_event(entry, 1).await, [200]);
        let comments = Self { account, ig_id, media_id, ids };
        let sql = "SELECT 1 FROM webhook_events WHERE subject_id = $1 AND waits_for IS NOT NULL";
        let both = async || (world.tables.rows(sql, &[&comments.ig_id]).await.len() == 2).then_some(());
        eventually("both wait", both).await;
        comments
    }

    async fn refuse_first(&self, world: &World, state: &str) -> Refusing {
        let condition = format!("NEW.ig_id = '{}'", self.ids[0]);
        Refusing::rows(&world.tables, "ig_comments", &condition, state).await
    }

    /// Its media comes, and the sweep after it.
    async fn media_comes(&self, world: &World) {
        world.tables.instagram_media(self.account, &self.media_id).await;
        FunctionSandbox::start(world, "status-updater", []).await.invoke(json!({})).await;
    }

    /// Its media comes with what waits for it, as far as that's possible: nothing, and the media is there all the same.
    async fn media_comes_and_leaves_them_waiting(&self, world: &World) {
        let mut connection = world.database().await.connection().await.unwrap();
        let mut transaction = connection.transaction().await.unwrap();
        transaction.batch_execute("SET LOCAL lock_timeout = '10ms'").await.unwrap();
        let sql = "INSERT INTO ig_media (instagram_account_id, ig_id, media_type) VALUES ($1, $2, 'IMAGE')";
        transaction.execute(sql, &[&self.account, &self.media_id]).await.unwrap();
        let media = Awaited::InstagramMedia(&self.media_id);
        assert_eq!(waiting::apply_for(&mut transaction, media).await.unwrap(), 0);
        assert!(self.first(world).await.waits, "it's left to the sweep, which sees the media from now on");
        transaction.commit().await.unwrap();
    }

    async fn second_is_applied(&self, world: &World) {
        let sql = "SELECT 1 FROM ig_comments WHERE ig_id = $1";
        eventually("the other is applied", async || world.tables.rows(sql, &[&self.ids[1]]).await.pop()).await;
    }

    async fn first(&self, world: &World) -> Stored {
        let sql = "SELECT waits_for IS NOT NULL, applied_at IS NOT NULL, error_message FROM webhook_events
                    WHERE subject_id = $1 AND payload_json -> 'value' ->> 'id' = $2";
        let row = &world.tables.rows(sql, &[&self.ig_id, &self.ids[0]]).await[0];
        Stored { waits: row.get(0), is_applied: row.get(1), error: row.get(2) }
    }
}
