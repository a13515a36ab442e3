//! The deletion itself, in databases of their own.

use serde_json::{Value, json};
use shared::services::purge;
use tokio::time::{Duration, Instant};

use super::{
    begun, now_due,
    person::{COUNTS, Person},
    purged, status,
};
use crate::support::{OwnDatabase, World, eventually, unique};

async fn state(own: &OwnDatabase) -> String {
    own.tables.rows("SELECT state FROM data_deletion_requests", &[]).await[0].get(0)
}

/// As the media's own lifecycle does it.
async fn delete_files(own: &OwnDatabase) -> usize {
    let sql = "UPDATE media_uploads SET status = 'deleted', deleted_at = now()
                WHERE delete_after <= now() AND status <> 'deleted' RETURNING id";
    own.tables.rows(sql, &[]).await.len()
}

#[tokio::test]
async fn nothing_of_a_person_is_left_and_the_page_says_so_only_then() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::with_everything(&own).await;
    let bystander = Person::connected(&own.tables, own.tables.user().await).await;
    assert!(!person.traces(&own.tables).await.is_empty());
    let code = begun(&world, &own, &person.id).await;

    assert_eq!(purged(&own).await, 0, "a file is left");
    assert_eq!(status(&world, &own, &code, "application/json").await.json()["status"], "in_progress");
    let left = person.traces(&own.tables).await;
    assert!(left.iter().all(|row| row.starts_with("data_deletion_requests: ")), "{left:?}");
    assert_eq!(delete_files(&own).await, 1, "the other file is used by another post");
    now_due(&own).await;
    assert_eq!(purged(&own).await, 1);

    assert_eq!(person.traces(&own.tables).await, Vec::<String>::new());
    let page = status(&world, &own, &code, "application/json").await.json();
    let counts: Value = COUNTS.iter().map(|(kind, count)| ((*kind).to_owned(), Value::from(*count))).collect();
    assert_eq!((&page["status"], &page["deleted"]), (&json!("completed"), &counts));
    let sql = "SELECT ip::text, user_agent FROM auth_audit_log WHERE oauth_account_id = $1 AND event = 'connected'";
    let row = &own.tables.rows(sql, &[&person.login]).await[0];
    assert_eq!((row.get(0), row.get(1)), (None::<&str>, None::<&str>), "the row itself stays");
    assert!(bystander.traces(&own.tables).await.len() > 1, "nobody else's rows are touched");
}

#[tokio::test]
async fn a_purge_that_dies_in_the_middle_goes_on_where_it_was() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::with_everything(&own).await;
    begun(&world, &own, &person.id).await;
    let holder = world.tables.database(&own.name).await;
    holder.run("BEGIN; LOCK TABLE instagram_posts IN SHARE MODE").await;
    tokio::select! {
        _ = purged(&own) => panic!("it was not stopped"),
        () = eventually("it waits for a post", async || {
            let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                            AND query LIKE '%DELETE FROM instagram_posts%'";
            own.tables.rows(waits, &[]).await.pop().map(drop)
        }) => {}
    }
    assert!(
        own.tables.rows("SELECT 1 FROM ig_media WHERE instagram_account_id = $1", &[&person.account]).await.is_empty()
    );
    assert_eq!(state(&own).await, "in_progress");
    holder.run("ROLLBACK").await;

    assert_eq!(purged(&own).await, 0, "it's taken, for all that anybody knows");
    now_due(&own).await;
    assert_eq!(purged(&own).await, 0, "a file is left");
    delete_files(&own).await;
    now_due(&own).await;
    assert_eq!(purged(&own).await, 1);
    assert_eq!(person.traces(&own.tables).await, Vec::<String>::new());
    let counts: Value = own.tables.rows("SELECT counts_json FROM data_deletion_requests", &[]).await[0].get(0);
    let expected: Value = COUNTS.iter().map(|(kind, count)| ((*kind).to_owned(), Value::from(*count))).collect();
    assert_eq!(counts, expected, "each row is counted once");
}

#[tokio::test]
async fn what_came_meanwhile_is_deleted_before_the_page_says_that_all_is() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    begun(&world, &own, &person.id).await;
    let holder = world.tables.database(&own.name).await;
    holder.run("BEGIN; LOCK TABLE auth_audit_log IN SHARE MODE").await;
    let meanwhile = async {
        eventually("all but the last kind is deleted", async || {
            let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                            AND query LIKE '%UPDATE auth_audit_log%'";
            own.tables.rows(waits, &[]).await.pop().map(drop)
        })
        .await;
        person.post(&own.tables).await;
        holder.run("ROLLBACK").await;
    };
    assert_eq!(tokio::join!(purged(&own), meanwhile).0, 0, "a file is left");
    assert_eq!(state(&own).await, "in_progress");
    assert_eq!(delete_files(&own).await, 1, "of the post that came meanwhile");
    now_due(&own).await;
    assert_eq!(purged(&own).await, 1);
    assert_eq!(person.traces(&own.tables).await, Vec::<String>::new());
}

#[tokio::test]
async fn files_of_many_posts_are_marked_with_the_last_post_that_uses_them() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    let files = person.files(&own.tables).await;
    let sql = "INSERT INTO instagram_posts (user_id, oauth_account_id, instagram_account_id, status, media_type,
                                            request_json)
               SELECT $1, $2, $3, 'PUBLISH_COMPLETE', 'CAROUSEL',
                      jsonb_build_object('mediaId', $4::bigint, 'children', jsonb_build_array(
                          jsonb_build_object('mediaId', NULL), jsonb_build_object('mediaId', $5::text)))
                 FROM generate_series(1, 1200)";
    let Person { user, login, account, .. } = &person;
    own.tables.rows(sql, &[user, login, account, &files[0], &files[1].to_string()]).await;
    begun(&world, &own, &person.id).await;
    let marked = async || own.tables.rows("SELECT 1 FROM media_uploads WHERE delete_after <= now()", &[]).await.len();
    let left = async || own.tables.rows("SELECT 1 FROM instagram_posts", &[]).await.len();
    // Each round has just the time to begin, and does one batch.
    let mut seen = Vec::new();
    while left().await > 0 {
        purge::round(&own.database, Instant::now() + Duration::from_millis(1)).await.unwrap();
        seen.push((left().await, marked().await));
        assert!(seen.len() < 100, "it never ends");
    }
    seen.dedup();
    seen.retain(|(posts, _)| *posts < 1200);
    assert_eq!(seen, [(700, 0), (200, 0), (0, 2)]);
}

#[tokio::test]
async fn a_request_that_gets_on_counts_as_one_that_has_not_failed() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::with_everything(&own).await;
    begun(&world, &own, &person.id).await;
    own.tables.run("UPDATE data_deletion_requests SET attempts = 9").await;
    purged(&own).await;
    let attempts: i32 = own.tables.rows("SELECT attempts FROM data_deletion_requests", &[]).await[0].get(0);
    assert_eq!(attempts, 0);
}

#[tokio::test]
async fn more_than_a_batch_is_deleted_in_rounds_that_end_in_time() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    let media = own.tables.instagram_media(person.account, &unique()).await;
    let sql = "INSERT INTO ig_comments (instagram_account_id, ig_media_id, ig_id)
               SELECT $1, $2, 'c' || number FROM generate_series(1, 1200) AS number";
    own.tables.rows(sql, &[&person.account, &media]).await;
    begun(&world, &own, &person.id).await;
    // Each round has just the time to begin, and does one batch.
    let mut rounds = 0;
    while state(&own).await != "completed" {
        purge::round(&own.database, Instant::now() + Duration::from_millis(1)).await.unwrap();
        rounds += 1;
        assert!(rounds < 100, "it never ends");
    }
    let counts: Value = own.tables.rows("SELECT counts_json FROM data_deletion_requests", &[]).await[0].get(0);
    assert_eq!(counts["comments"], 1200);
}

#[tokio::test]
async fn events_of_an_account_that_another_person_connected_by_now_stay_theirs() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::with_everything(&own).await;
    let other = Person::connected(&own.tables, own.tables.user().await).await;
    let code = begun(&world, &own, &person.id).await;
    let sql = "UPDATE instagram_accounts SET ig_business_id = $2 WHERE id = $1";
    own.tables.rows(sql, &[&other.account, &person.ig_id]).await;
    purged(&own).await;
    delete_files(&own).await;
    now_due(&own).await;
    purged(&own).await;
    let page = status(&world, &own, &code, "application/json").await.json();
    assert_eq!((&page["status"], &page["deleted"]["webhookEvents"]), (&json!("completed"), &json!(1)), "the Page's");
    let sql = "SELECT 1 FROM webhook_events WHERE subject_id = $1";
    assert_eq!(own.tables.rows(sql, &[&person.ig_id]).await.len(), 3);
}

#[tokio::test]
async fn what_another_login_has_yet_to_end_is_left_to_it() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    let sql = "INSERT INTO pending_revocations (user_id, provider, login_kind, open_id, kind, access_token_encrypted)
               VALUES ($1, 'instagram', 'instagram_login', $2, 'subscription', 'sealed')";
    own.tables.rows(sql, &[&own.tables.user().await, &person.ig_id]).await;
    begun(&world, &own, &person.id).await;
    assert_eq!(purged(&own).await, 1);
    assert_eq!(own.tables.rows("SELECT 1 FROM pending_revocations", &[]).await.len(), 1);
}

#[tokio::test]
async fn who_connects_again_keeps_the_new_connection() {
    let login = "status = 'active', access_token_encrypted = 'sealed'";
    what_came_later_stays(login, "status = 'active', page_token_encrypted = 'sealed'").await;
}

#[tokio::test]
async fn what_came_after_the_request_stays_even_if_the_account_was_disconnected_again() {
    what_came_later_stays("status = 'revoked'", "status = 'revoked'").await;
}

async fn what_came_later_stays(login: &str, account: &str) {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::with_everything(&own).await;
    begun(&world, &own, &person.id).await;
    let sql = format!("UPDATE oauth_accounts SET {login}, granted_at = now() WHERE id = $1");
    own.tables.rows(&sql, &[&person.login]).await;
    let sql = format!("UPDATE instagram_accounts SET {account} WHERE id = $1");
    own.tables.rows(&sql, &[&person.account]).await;
    let synced = own.tables.instagram_media(person.account, &unique()).await;
    // It came in before the request, and lay in the queue.
    let late = "INSERT INTO webhook_events (provider, event_type, external_id, subject_id, payload_json, received_at)
                VALUES ('instagram', 'comments', 'late', $1, '{}', now() - INTERVAL '1 hour')";
    own.tables.rows(late, &[&person.ig_id]).await;
    purged(&own).await;
    delete_files(&own).await;
    now_due(&own).await;
    purged(&own).await;
    assert_eq!(state(&own).await, "completed");
    assert_eq!(own.tables.rows("SELECT 1 FROM ig_media WHERE id = $1", &[&synced]).await.len(), 1);
    let left = person.traces(&own.tables).await;
    let is_connection =
        |row: &String| ["oauth_accounts: ", "instagram_accounts: "].iter().any(|table| row.starts_with(table));
    assert!(left.len() > 1 && left.iter().all(is_connection), "{left:?}");
}

#[tokio::test]
async fn who_connects_again_in_the_last_moment_keeps_the_connection() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    begun(&world, &own, &person.id).await;
    let Person { login, account, .. } = &person;
    let other = world.tables.database(&own.name).await;
    other
        .run(&format!(
            "BEGIN;
             UPDATE oauth_accounts SET status = 'active', granted_at = now() WHERE id = {login};
             UPDATE instagram_accounts SET status = 'active' WHERE id = {account}"
        ))
        .await;
    let commit = async {
        eventually("the deletion waits for it", async || {
            let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                            AND query LIKE '%DELETE FROM instagram_accounts%'";
            own.tables.rows(waits, &[]).await.pop().map(drop)
        })
        .await;
        other.run("COMMIT").await;
    };
    tokio::join!(purged(&own), commit);
    let sql = "SELECT 1 FROM oauth_accounts a JOIN instagram_accounts i ON i.oauth_account_id = a.id WHERE i.id = $1";
    assert_eq!(own.tables.rows(sql, &[account]).await.len(), 1);
}

#[tokio::test]
async fn what_is_refused_is_tried_again_later() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::with_everything(&own).await;
    let code = begun(&world, &own, &person.id).await;
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
                  CREATE TRIGGER refuse BEFORE DELETE ON ig_media FOR EACH ROW EXECUTE FUNCTION refuse()";
    own.tables.run(refuse).await;
    assert_eq!(purged(&own).await, 0);
    assert_eq!(state(&own).await, "failed");
    let page = status(&world, &own, &code, "text/html").await;
    assert!(page.body.contains("Your data is being deleted"), "{page:?}");
    own.tables.run("DROP TRIGGER refuse ON ig_media").await;
    now_due(&own).await;
    assert_eq!(purged(&own).await, 0, "a file is left");
    delete_files(&own).await;
    now_due(&own).await;
    assert_eq!(purged(&own).await, 1);
    assert_eq!(person.traces(&own.tables).await, Vec::<String>::new());
}
