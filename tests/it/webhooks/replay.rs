//! The operator's tool, as it's typed: stored events applied again, a rehearsal unless told otherwise.

use serde_json::json;
use shared::{services::webhooks::replay, store::stored_events::Selection};
use time::OffsetDateTime;

use crate::support::{Refusing, World, eventually, operator, operator_command, unique};

#[tokio::test]
async fn a_stored_event_is_applied_again_once_it_is_meant() {
    let world = World::open().await;
    let (open_id, publish_id) = (unique(), format!("v_pub_file~{}", unique()));
    let user = world.tables.user().await;
    let account = world.tables.tiktok_account(user, &open_id).await;
    let post = world.tables.tiktok_post(user, account, &publish_id).await;
    let event =
        json!({ "event": "post.publish.complete", "user_openid": open_id, "content": { "publish_id": publish_id } });
    world.platforms.tiktok_event(event).await;
    let stored = "SELECT id FROM webhook_events WHERE subject_id = $1 AND applied_at IS NOT NULL";
    let id: i64 = eventually("it is applied", async || world.tables.rows(stored, &[&open_id]).await.pop()).await.get(0);
    // As if a mistake of ours had lost the effect.
    world.tables.rows("UPDATE tiktok_posts SET status = 'PROCESSING_UPLOAD' WHERE id = $1", &[&post]).await;
    let status = async || {
        let sql = "SELECT status FROM tiktok_posts WHERE id = $1";
        world.tables.rows(sql, &[&post]).await[0].get::<_, String>(0)
    };

    let rehearsed = operator(&["webhooks", "reprocess", "--id", &id.to_string()]).await;
    assert!(rehearsed.contains("1 of them would find"), "{rehearsed}");
    assert_eq!(status().await, "PROCESSING_UPLOAD");

    operator(&["webhooks", "reprocess", "--id", &id.to_string(), "--apply"]).await;
    assert_eq!(status().await, "PUBLISH_COMPLETE");
}

#[tokio::test]
async fn a_delivery_that_could_not_be_read_is_read_at_last() {
    let world = World::open().await;
    let (marker, error) = (unique(), format!("a mistake of ours {}", unique()));
    let body = json!({ "event": "test.read.at.last", "user_openid": marker, "content": "{}" }).to_string();
    let sql = "INSERT INTO webhook_events (provider, event_type, external_id, payload_json, payload_raw, error_message)
               VALUES ('tiktok', 'malformed', $1, '{}', $2, $3)";
    world.tables.rows(sql, &[&unique(), &body.as_bytes(), &error]).await;

    let done = operator(&["webhooks", "reprocess", "--error", &error, "--apply"]).await;

    assert!(done.contains("1 of them had been refused or not understood, and came through"), "{done}");
    let sql = "SELECT event_type FROM webhook_events WHERE subject_id = $1";
    assert_eq!(world.tables.rows(sql, &[&marker]).await[0].get::<_, &str>(0), "test.read.at.last");
    let again = operator(&["webhooks", "reprocess", "--error", &error]).await;
    assert!(again.contains("0 events were looked at"), "{again}");
}

#[tokio::test]
async fn events_that_come_of_what_is_read_anew_are_not_looked_at_in_the_same_run() {
    let world = World::open().await;
    let own = world.new_database().await;
    let body = json!({ "event": "test.anew", "content": "{}" }).to_string();
    let sql = "INSERT INTO webhook_events (provider, event_type, external_id, payload_json, payload_raw)
               VALUES ('tiktok', 'malformed', '1', '{}', $1)";
    own.tables.rows(sql, &[&body.as_bytes()]).await;
    let outcome = replay::reprocess(&own.database, &Selection::default(), false, |_| ()).await.unwrap();
    assert_eq!((outcome.events, outcome.recovered), (1, 1));
    assert_eq!(own.tables.rows("SELECT 1 FROM webhook_events", &[]).await.len(), 2);
}

#[tokio::test]
async fn an_event_that_is_understood_only_now_waits_for_what_it_is_about() {
    let world = World::open().await;
    let (ig_id, media_id) = (unique(), unique());
    let user = world.tables.user().await;
    let (_, account) = world.tables.instagram_account(user, &ig_id).await;
    let comment = json!({ "field": "comments", "value": { "id": unique(), "media": { "id": media_id } } });
    let sql = "INSERT INTO webhook_events (provider, event_type, external_id, subject_id, payload_json, applied_at,
                                           error_message)
               VALUES ('instagram', 'comments', $1, $1, $2, now(), 'a mistake of ours') RETURNING id";
    let id = world.tables.rows(sql, &[&ig_id, &comment]).await[0].get::<_, i64>(0).to_string();

    let done = operator(&["webhooks", "reprocess", "--id", &id, "--apply"]).await;
    assert!(done.contains("1 of them are understood only now, and wait"), "{done}");
    let sql = "SELECT applied_at IS NULL AND waits_for = 'ig_media:' || $2, error_message FROM webhook_events
                WHERE subject_id = $1";
    let row = &world.tables.rows(sql, &[&ig_id, &media_id]).await[0];
    assert_eq!((row.get::<_, bool>(0), row.get::<_, Option<&str>>(1)), (true, None));

    world.tables.instagram_media(account, &media_id).await;
    let done = operator(&["webhooks", "reprocess", "--id", &id, "--apply"]).await;
    assert!(done.contains("1 of them found"), "{done}");
}

#[tokio::test]
async fn a_removal_that_would_shred_tokens_is_told_before_it_does() {
    let world = World::open().await;
    let open_id = unique();
    let user = world.tables.user().await;
    world.tables.tiktok_account(user, &open_id).await;
    let at = OffsetDateTime::now_utc().unix_timestamp() + 60;
    let body = json!({ "event": "authorization.removed", "user_openid": open_id, "create_time": at, "content": "{}" });
    let sql = "INSERT INTO webhook_events (provider, event_type, external_id, subject_id, payload_json, error_message)
               VALUES ('tiktok', 'authorization.removed', $1, $1, $2, 'a mistake of ours') RETURNING id";
    let id = world.tables.rows(sql, &[&open_id, &body]).await[0].get::<_, i64>(0).to_string();

    let rehearsed = operator(&["webhooks", "reprocess", "--id", &id]).await;
    assert!(rehearsed.contains("1 of them would find"), "{rehearsed}");
    operator(&["webhooks", "reprocess", "--id", &id, "--apply"]).await;

    let sql =
        "SELECT a.status, e.error_message FROM oauth_accounts a JOIN webhook_events e ON e.external_id = a.open_id
                WHERE a.open_id = $1";
    let row = &world.tables.rows(sql, &[&open_id]).await[0];
    assert_eq!((row.get::<_, &str>(0), row.get::<_, Option<&str>>(1)), ("revoked", None));
}

#[tokio::test]
async fn an_event_that_is_refused_for_no_fault_of_its_own_stays_as_it_is_and_costs_the_others_nothing() {
    let world = World::open().await;
    let (open_id, publish_ids) = (unique(), [unique(), unique()]);
    let user = world.tables.user().await;
    let account = world.tables.tiktok_account(user, &open_id).await;
    let mut ids = Vec::new();
    for publish_id in &publish_ids {
        world.tables.tiktok_post(user, account, publish_id).await;
        let body = json!({ "event": "post.publish.complete", "content": { "publish_id": publish_id } });
        let sql = "INSERT INTO webhook_events (provider, event_type, external_id, payload_json)
                   VALUES ('tiktok', 'post.publish.complete', $1, $2) RETURNING id";
        ids.push(world.tables.rows(sql, &[publish_id, &body]).await[0].get::<_, i64>(0).to_string());
    }
    let condition = format!("NEW.publish_id = '{}'", publish_ids[0]);
    let refusing = Refusing::rows(&world.tables, "tiktok_posts", &condition, "55P03").await;

    let done = operator(&["webhooks", "reprocess", "--id", &ids.join(","), "--apply"]).await;

    assert!(done.contains("1 of them found") && done.contains("1 of them were refused for no fault"), "{done}");
    assert!(done.contains("55P03"), "{done}");
    let sql = "SELECT error_message IS NULL FROM webhook_events WHERE external_id = $1";
    assert!(world.tables.rows(sql, &[&publish_ids[0]]).await[0].get::<_, bool>(0));
    refusing.end(&world.tables).await;
}

#[tokio::test]
async fn everything_is_meant_only_when_it_is_said() {
    let output = operator_command(&["webhooks", "reprocess", "--apply"]).output().await.unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--all"));
}
