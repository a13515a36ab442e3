//! One post, whatever comes at once and whoever dies.

use serde_json::json;

use super::{Studio, called};
use crate::support::{Refusing, Tables, eventually};

/// Longer than a test takes: whoever asks TikTok is still at it.
const FOR_LONG: u64 = 8_000;

impl Studio {
    /// A connection to hold rows with.
    async fn holder(&self) -> Tables {
        let settings = self.stage.settings();
        let (_, name) = settings.iter().find(|(name, _)| *name == "DATABASE_NAME").unwrap();
        self.stage.world.tables.database(name).await
    }

    /// Waits until a request has claimed its key.
    async fn claimed(&self) {
        eventually("the key is claimed", async || (self.keys().await == 1).then_some(())).await;
    }
}

#[tokio::test]
async fn two_at_once_make_one_post() {
    let studio = Studio::open().await;
    let (other, body) = (studio.another().await, studio.body(&[]));
    studio.fault(2, json!({ "latency_ms": 500 })).await;
    let event = || studio.event(&body, "", Some("a-key"));
    let (one, two) = tokio::join!(called(&studio.upload, event()), called(&other, event()));
    let taken = if one.status == 202 { &one } else { &two };
    for answer in [&one, &two] {
        match answer.status {
            202 => assert_eq!(answer.body, taken.body),
            _ => assert_eq!((answer.status, answer.code().as_str()), (409, "idempotency_in_flight")),
        }
    }
    assert_eq!(taken.status, 202, "{one:?} {two:?}");
    assert_eq!((studio.written().await, studio.messages().await.len()), (1, 1));
    assert_eq!(studio.post_as("a-key", &body).await.body, taken.body);
}

#[tokio::test]
async fn a_request_that_died_frees_its_key_and_is_carried_out_once() {
    let studio = Studio::open().await;
    let (doomed, body) = (studio.another().await, studio.body(&[]));
    studio.fault(1, json!({ "latency_ms": FOR_LONG })).await;
    tokio::select! {
        answer = doomed.call(studio.event(&body, "", Some("a-key"))) => panic!("it was to die: {answer:?}"),
        () = studio.claimed() => {}
    }
    drop(doomed);
    assert_eq!(studio.written().await, 0);
    assert_eq!(studio.post_as("a-key", &body).await.code(), "idempotency_in_flight");
    studio.set_key("locked_until = now()").await;
    let answer = studio.post_as("a-key", &body).await;
    assert_eq!((answer.status, answer.header("idempotency-replayed")), (202, None));
    assert_eq!((studio.written().await, studio.messages().await.len()), (1, 1));
    assert_eq!(studio.post_as("a-key", &body).await.body, answer.body);
}

#[tokio::test]
async fn a_request_that_was_taken_for_dead_writes_nothing() {
    let studio = Studio::open().await;
    let (slow, body) = (studio.another().await, studio.body(&[]));
    studio.fault(1, json!({ "latency_ms": 6_000 })).await;
    let taken_over = async {
        studio.claimed().await;
        studio.set_key("locked_until = now()").await;
        studio.post_as("a-key", &body).await
    };
    let (late, answer) = tokio::join!(called(&slow, studio.event(&body, "", Some("a-key"))), taken_over);
    assert_eq!(answer.status, 202, "{answer:?}");
    assert_eq!(late.code(), "idempotency_in_flight");
    assert_eq!((studio.written().await, studio.messages().await.len()), (1, 1));
    assert_eq!(studio.post_as("a-key", &body).await.body, answer.body, "its answer is kept");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_and_may_be_sent_again() {
    let studio = Studio::open().await;
    assert_eq!(studio.problems(&studio.body(&[])).await, []);
    let holder = studio.holder().await;
    holder.run(&format!("BEGIN; SELECT FROM media_uploads WHERE id = {} FOR UPDATE", studio.media)).await;
    let answer = studio.post_as("a-key", &studio.body(&[])).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "service_unavailable"));
    assert_eq!((&answer.json()["error"]["retryable"], studio.keys().await), (&json!(true), 0));
    holder.run("ROLLBACK").await;
    assert_eq!((studio.post_as("a-key", &studio.body(&[])).await.status, studio.written().await), (202, 1));
}

#[tokio::test]
async fn a_claim_that_takes_too_long_is_answered_as_well_and_what_becomes_of_it_ends_by_itself() {
    let studio = Studio::open().await;
    let holder = studio.holder().await;
    let claims = "INSERT INTO idempotency_keys (user_id, key, request_hash, locked_until, expires_at)
                  VALUES ({user}, 'a-key', sha256('x'), now(), now())";
    holder.run(&format!("BEGIN; {}", claims.replace("{user}", &studio.stage.user.to_string()))).await;
    let answer = studio.post_as("a-key", &studio.body(&[])).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "service_unavailable"));
    holder.run("ROLLBACK").await;
    // It comes through after all, and nobody knows of it.
    studio.claimed().await;
    let waits = studio.post_as("a-key", &studio.body(&[])).await;
    assert_eq!((waits.status, waits.code().as_str()), (409, "idempotency_in_flight"));
    studio.set_key("locked_until = now()").await;
    assert_eq!((studio.post_as("a-key", &studio.body(&[])).await.status, studio.written().await), (202, 1));
}

#[tokio::test]
async fn giving_a_key_back_keeps_nobody_waiting() {
    let studio = Studio::open().await;
    assert_eq!(studio.problems(&studio.body(&[])).await, []);
    let (holder, body) = (studio.holder().await, studio.body(&[]));
    holder.run(&format!("BEGIN; SELECT FROM media_uploads WHERE id = {} FOR UPDATE", studio.media)).await;
    let held = async {
        studio.claimed().await;
        holder.run("SELECT FROM idempotency_keys FOR UPDATE").await;
    };
    let (answer, ()) = tokio::join!(studio.post_as("a-key", &body), held);
    assert_eq!((answer.status, studio.keys().await), (503, 1));
    assert!(studio.upload.printed("held until its lock ends").await);
    holder.run("ROLLBACK").await;
}

#[tokio::test]
async fn post_timeline_and_answer_are_written_together_or_not_at_all() {
    let studio = Studio::open().await;
    let tables = &studio.stage.world.tables;
    let (user, body) = (studio.stage.user, studio.body(&[]));
    for (table, condition) in [
        ("idempotency_keys", format!("NEW.user_id = {user} AND NEW.state = 'done'")),
        ("tiktok_posts", format!("NEW.user_id = {user}")),
    ] {
        let refusing = Refusing::rows(tables, table, &condition, "23514").await;
        let answer = studio.post_as("a-key", &body).await;
        refusing.end(tables).await;
        assert_eq!((answer.status, answer.code().as_str()), (500, "internal_error"));
        assert_eq!((studio.written().await, studio.keys().await), (0, 0), "{table}");
    }
    assert_eq!(studio.messages().await, []);
    assert_eq!(studio.post_as("a-key", &body).await.status, 202);
}

#[tokio::test]
async fn a_deadlock_is_tried_again() {
    let studio = Studio::open().await;
    let tables = &studio.stage.world.tables;
    let sequence = format!("deadlock_{}", studio.stage.user);
    tables.run(&format!("CREATE SEQUENCE {sequence}")).await;
    let condition = format!("NEW.user_id = {} AND nextval('{sequence}') <= 2", studio.stage.user);
    let refusing = Refusing::rows(tables, "tiktok_posts", &condition, "40P01").await;
    let answer = studio.post_as("a-key", &studio.body(&[])).await;
    refusing.end(tables).await;
    assert_eq!((answer.status, studio.written().await), (202, 1), "{answer:?}");
}
