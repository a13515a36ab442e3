//! A file that a post begins to use while the person's data is being deleted: kept for that post, or the post is refused.

use deadpool_postgres::Transaction;
use shared::{
    domain::{MediaId, UserId},
    store::media_uploads,
};
use time::{Duration, OffsetDateTime};

use super::{begun, person::Person, purged};
use crate::support::{OwnDatabase, World, eventually};

/// A person with a post whose data is about to be deleted, and the post's file.
async fn about_to_go(world: &World) -> (OwnDatabase, Person, MediaId) {
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    person.post(&own.tables).await;
    begun(world, &own, &person.id).await;
    let file = own.tables.rows("SELECT (request_json ->> 'mediaId')::bigint FROM instagram_posts", &[]).await[0].get(0);
    (own, person, MediaId(file))
}

/// Takes a post on that needs the file, as `upload` does; whether it may.
async fn take_on(transaction: &Transaction<'_>, person: &Person, file: MediaId) -> bool {
    let until = OffsetDateTime::now_utc() + Duration::days(9);
    if media_uploads::keep(transaction, UserId(person.user), &[file], until).await.unwrap() == 0 {
        return false;
    }
    let sql = "WITH account AS (
                 INSERT INTO oauth_accounts (user_id, provider, open_id, scope)
                 VALUES ($1, 'tiktok', 'ada', 'video.publish') RETURNING id, user_id)
               INSERT INTO tiktok_posts (user_id, oauth_account_id, status, source, request_json, next_attempt_at)
               SELECT user_id, id, 'QUEUED', 'FILE_UPLOAD', jsonb_build_object('mediaId', $2::bigint), now()
                 FROM account";
    assert_eq!(transaction.execute(sql, &[&person.user, &file.0]).await.unwrap(), 1);
    true
}

/// Waits until somebody's statement of this kind waits for a lock.
async fn waits(own: &OwnDatabase, statement: &str) {
    let sql = "SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1";
    let found = async || own.tables.rows(sql, &[&statement]).await.pop().map(drop);
    eventually("it waits for a lock", found).await;
}

/// Whether the file stays for more than a week; otherwise it goes at once.
async fn is_kept(own: &OwnDatabase, file: MediaId) -> bool {
    let sql = "SELECT delete_after > now() + INTERVAL '8 days', delete_after <= now() FROM media_uploads WHERE id = $1";
    let row = &own.tables.rows(sql, &[&file.0]).await[0];
    let (stays, goes): (bool, bool) = (row.get(0), row.get(1));
    assert_ne!(stays, goes);
    stays
}

#[tokio::test]
async fn a_post_that_was_first_keeps_its_file() {
    let world = World::open().await;
    let (own, person, file) = about_to_go(&world).await;
    let mut connection = own.database.connection().await.unwrap();
    let transaction = connection.transaction().await.unwrap();
    assert!(take_on(&transaction, &person, file).await);
    let written = async {
        waits(&own, "%FROM media_uploads%FOR UPDATE%").await;
        transaction.commit().await.unwrap();
    };
    tokio::join!(purged(&own), written);
    assert!(own.tables.rows("SELECT 1 FROM instagram_posts", &[]).await.is_empty(), "the other post is deleted");
    assert!(is_kept(&own, file).await);
}

#[tokio::test]
async fn a_post_that_was_second_is_refused() {
    let world = World::open().await;
    let (own, person, file) = about_to_go(&world).await;
    let holder = world.tables.database(&own.name).await;
    holder.run("BEGIN; LOCK TABLE instagram_posts IN SHARE MODE").await;
    let late = async {
        waits(&own, "%DELETE FROM instagram_posts%").await;
        let mut connection = own.database.connection().await.unwrap();
        let transaction = connection.transaction().await.unwrap();
        let deleted = async {
            waits(&own, "%UPDATE media_uploads%greatest%").await;
            holder.run("ROLLBACK").await;
        };
        tokio::join!(take_on(&transaction, &person, file), deleted).0
    };
    assert!(!tokio::join!(purged(&own), late).1);
    assert!(!is_kept(&own, file).await);
}
