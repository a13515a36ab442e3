//! `Idempotency-Key`: the same request once.

use serde_json::json;
use shared::store::idempotency_keys::LOCK_SECONDS;
use tests::template::Template;

use super::{Studio, called};
use crate::support::{FunctionSandbox, World};

impl Studio {
    /// Changes the rows of the user's keys.
    pub(super) async fn set_key(&self, change: &str) {
        let sql = format!("UPDATE idempotency_keys SET {change} WHERE user_id = $1");
        self.stage.world.tables.rows(&sql, &[&self.stage.user]).await;
    }

    pub(super) async fn keys(&self) -> i64 {
        let sql = "SELECT count(*) FROM idempotency_keys WHERE user_id = $1";
        self.stage.world.tables.rows(sql, &[&self.stage.user]).await[0].get(0)
    }
}

#[tokio::test]
async fn a_request_that_is_sent_again_gets_its_answer_again_byte_by_byte() {
    let studio = Studio::open().await;
    let first = studio.post_as("a-key", &studio.body(&[])).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (202, None));
    for _ in 0..2 {
        let again = studio.post_as("a-key", &studio.body(&[])).await;
        assert_eq!((again.status, &again.body), (202, &first.body));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.header("content-type"), first.header("content-type"));
    }
    assert_eq!((studio.written().await, studio.messages().await.len()), (1, 1));
    let other = studio.post_as("another-key", &studio.body(&[])).await;
    assert_ne!(other.body, first.body);
    assert_eq!(studio.written().await, 2);
}

#[tokio::test]
async fn only_a_dry_run_needs_no_key() {
    let studio = Studio::open().await;
    let answer = called(&studio.upload, studio.event(&studio.body(&[]), "", None)).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "idempotency_key_required"));
    assert_eq!(answer.json()["error"]["details"], json!({ "header": "Idempotency-Key" }));
    assert_eq!(called(&studio.upload, studio.event(&studio.body(&[]), "dryRun=true", None)).await.status, 200);
    assert_eq!(studio.written().await, 0);
}

#[tokio::test]
async fn a_key_belongs_to_one_body_and_one_user() {
    let studio = Studio::open().await;
    assert_eq!(studio.post_as("a-key", &studio.body(&[])).await.status, 202);
    let other = studio.body(&[("postInfo.is_aigc", json!(true))]);
    let refused = studio.post_as("a-key", &other).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "idempotency_key_reused"));
    let mut event = studio.event(&studio.body(&[]), "", Some("a-key"));
    event["requestContext"]["authorizer"] = super::authorizer(studio.stage.world.tables.user().await);
    assert_eq!(called(&studio.upload, event).await.code(), "not_found", "to somebody else the key is new");
    assert_eq!(studio.written().await, 1);
}

#[tokio::test]
async fn a_user_that_does_not_exist_has_no_keys() {
    let studio = Studio::open().await;
    let mut event = studio.event(&studio.body(&[]), "", Some("a-key"));
    event["requestContext"]["authorizer"] = super::authorizer(i64::MAX);
    let answer = called(&studio.upload, event).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "unauthenticated"));
}

#[tokio::test]
async fn a_malformed_key_is_refused() {
    let studio = Studio::open().await;
    for key in ["", "two words", "ä", &"x".repeat(256)] {
        let answer = studio.post_as(key, &studio.body(&[])).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_request"), "{key}");
        assert_eq!(answer.json()["error"]["details"], json!({ "header": "Idempotency-Key" }));
    }
    assert_eq!((studio.written().await, studio.keys().await), (0, 0));
}

#[tokio::test]
async fn a_refused_request_does_not_use_up_its_key() {
    let studio = Studio::open().await;
    let wrong = studio.body(&[("postInfo.title", json!("x".repeat(2_201)))]);
    assert_eq!(studio.post_as("a-key", &wrong).await.status, 422);
    assert_eq!(studio.post_as("a-key", &studio.body(&[("mediaId", json!(i64::MAX))])).await.status, 404);
    assert_eq!(studio.keys().await, 0);
    assert_eq!(studio.post_as("a-key", &studio.body(&[])).await.status, 202);
}

#[tokio::test]
async fn a_request_that_is_being_worked_on_is_told_to_wait() {
    let studio = Studio::open().await;
    assert_eq!(studio.post_as("a-key", &studio.body(&[])).await.status, 202);
    let at_work = "state = 'in_flight', response_status = NULL, response_body = NULL, locked_until = now() + ";
    studio.set_key(&format!("{at_work} INTERVAL '20 seconds'")).await;
    let answer = studio.post_as("a-key", &studio.body(&[])).await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "idempotency_in_flight"));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    let other = studio.post_as("a-key", &studio.body(&[("postInfo.is_aigc", json!(true))])).await;
    assert_eq!(other.code(), "idempotency_key_reused");
}

#[test]
fn a_key_is_held_for_longer_than_the_function_may_run() {
    let template = Template::load().unwrap();
    let timeout = template.functions()["upload"].property("Timeout").and_then(|timeout| timeout.as_f64());
    assert!(timeout.is_some_and(|seconds| seconds < LOCK_SECONDS), "{timeout:?}");
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let studio = Studio::open().await;
    let first = studio.post_as("a-key", &studio.body(&[])).await;
    studio.set_key("expires_at = now()").await;
    let other = studio.body(&[("postInfo.is_aigc", json!(true))]);
    let second = studio.post_as("a-key", &other).await;
    assert_eq!(second.status, 202, "{second:?}");
    assert_ne!(second.body, first.body);
}

#[tokio::test]
async fn the_round_deletes_keys_whose_day_is_over() {
    let world = World::open().await;
    let own = world.new_database().await;
    let user = own.tables.user().await;
    let sql = "INSERT INTO idempotency_keys (user_id, key, request_hash, locked_until, expires_at)
               SELECT $1, age, sha256('x'), now(), now() + age::interval FROM unnest($2::text[]) AS age";
    own.tables.rows(sql, &[&user, &["-1 hour", "-1 second", "1 hour"].as_slice()]).await;
    let updater = FunctionSandbox::start(&world, "status-updater", [("DATABASE_NAME", own.name.as_str())]).await;
    assert_eq!(updater.invoke(json!({})).await["answersForgotten"], 2);
    let left = own.tables.rows("SELECT key FROM idempotency_keys", &[]).await;
    assert_eq!(left.iter().map(|row| row.get::<_, &str>(0)).collect::<Vec<_>>(), ["1 hour"]);
}
