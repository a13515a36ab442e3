//! What is taken on, and what is written for it.

use serde_json::{Value, json};
use shared::domain::{Platform, PostId};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::Studio;

/// Seconds between two times of a post's row, rounded to minutes.
async fn minutes(studio: &Studio, from: &str, to: &str) -> f64 {
    let sql =
        format!("SELECT round(extract(epoch FROM {to} - {from}) / 60)::float8 FROM tiktok_posts WHERE user_id = $1");
    studio.stage.world.tables.rows(&sql, &[&studio.stage.user]).await[0].get(0)
}

/// How many days the file is kept from a time on, rounded.
async fn kept_days(studio: &Studio, from: &str) -> f64 {
    let sql = format!(
        "SELECT round(extract(epoch FROM m.delete_after - {from}) / 86400)::float8
           FROM tiktok_posts p JOIN media_uploads m ON m.id::text = p.request_json ->> 'mediaId' WHERE p.user_id = $1"
    );
    studio.stage.world.tables.rows(&sql, &[&studio.stage.user]).await[0].get(0)
}

#[tokio::test]
async fn a_post_is_written_whole_and_the_worker_is_told() {
    let studio = Studio::open().await;
    let body = studio.body(&[]);
    let answer = studio.post(&body).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let id = answer.json()["postId"].as_i64().unwrap() as i32;
    assert_eq!(answer.json(), json!({ "postId": id, "status": "QUEUED" }));

    let sql = "SELECT row_to_json(p)::jsonb FROM tiktok_posts p WHERE id = $1";
    let row: Value = studio.stage.world.tables.rows(sql, &[&id]).await[0].get(0);
    let correlation_id = answer.header("x-correlation-id").unwrap();
    for (column, expected) in [
        ("user_id", json!(studio.stage.user)),
        ("oauth_account_id", json!(studio.account)),
        ("status", json!("QUEUED")),
        ("media_kind", json!("VIDEO")),
        ("mode", json!("DIRECT_POST")),
        ("source", json!("FILE_UPLOAD")),
        ("title", body["postInfo"]["title"].clone()),
        ("request_json", body.clone()),
        ("publish_at", Value::Null),
        ("publish_id", Value::Null),
        ("error_code", Value::Null),
        ("total_bytes", json!(testkit::samples::mp4().len())),
        ("correlation_id", json!(correlation_id)),
    ] {
        assert_eq!(row[column], expected, "{column}");
    }
    assert_eq!(minutes(&studio, "created_at", "next_attempt_at").await, 1.0);
    assert_eq!(kept_days(&studio, "now()").await, 9.0);
    let jobs = studio.messages().await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    assert_eq!((jobs[0].platform, jobs[0].post_id), (Platform::TikTok, PostId(id)));
    assert_eq!(jobs[0].correlation_id.as_ref().unwrap().as_str(), correlation_id);
}

#[tokio::test]
async fn its_owner_sees_the_post_with_its_first_line() {
    let studio = Studio::open().await;
    let id = studio.post(&studio.body(&[])).await.json()["postId"].clone();
    let (path, route) = (format!("/api/tiktok/posts/{id}"), "/api/{platform}/posts/{postId}");
    let parameters = json!({ "platform": "tiktok", "postId": id.to_string() });
    let post = studio.seen("posts-get", &path, route, parameters).await.json();
    let expected = json!({
        "id": id, "platform": "tiktok", "accountId": studio.account, "status": "QUEUED",
        "title": "Morning run #fitness 🏃", "publishId": null, "platformPostIds": [], "permalink": null,
        "errorCode": null, "errorMessage": null, "nextAttemptAt": post["nextAttemptAt"], "publishAt": null,
        "progress": { "confirmedBytes": 0, "totalBytes": testkit::samples::mp4().len() },
        "timeline": [{ "at": post["timeline"][0]["at"], "event": "QUEUED", "code": null, "detail": null }],
    });
    assert_eq!(post, expected);
}

#[tokio::test]
async fn a_post_for_later_waits_and_nobody_is_told() {
    let studio = Studio::open().await;
    let time = (OffsetDateTime::now_utc() + Duration::days(20)).format(&Rfc3339).unwrap();
    let answer = studio.post(&studio.body(&[("publishAt", json!(time))])).await;
    assert_eq!((answer.status, answer.json()["status"].as_str()), (202, Some("SCHEDULED")));
    assert_eq!(minutes(&studio, "publish_at", "next_attempt_at").await, 0.0);
    assert_eq!(minutes(&studio, "created_at", "publish_at").await, 20.0 * 1_440.0);
    assert_eq!(kept_days(&studio, "p.publish_at").await, 9.0);
    assert_eq!(studio.messages().await, []);
}

#[tokio::test]
async fn a_post_that_a_quota_keeps_back_is_held_for_a_day_and_says_why() {
    for (settings, code) in [
        (json!({ "posts_per_day": 0 }), "spam_risk_too_many_posts"),
        (json!({ "posting_people_per_day": 0 }), "reached_active_user_cap"),
    ] {
        let studio = Studio::open().await;
        studio.settings(settings).await;
        assert_eq!(studio.problems(&studio.body(&[])).await, []);
        let answer = studio.post(&studio.body(&[])).await;
        assert_eq!((answer.status, answer.json()["status"].as_str()), (202, Some("HELD")));
        assert_eq!(minutes(&studio, "created_at", "next_attempt_at").await, 1_440.0);
        assert_eq!(kept_days(&studio, "now()").await, 10.0);
        assert_eq!(studio.messages().await, []);
        let page =
            studio.seen("posts-list", "/api/tiktok/posts", "/api/{platform}/posts", json!({ "platform": "tiktok" }));
        let post = page.await.json()["items"][0].clone();
        assert_eq!((&post["status"], &post["errorCode"]), (&json!("HELD"), &json!(code)));
        assert!(post["errorMessage"].is_string() && post["nextAttemptAt"].is_string(), "{post}");
        assert_eq!((&post["timeline"][0]["event"], &post["timeline"][0]["code"]), (&json!("HELD"), &json!(code)));
        let time = (OffsetDateTime::now_utc() + Duration::days(3)).format(&Rfc3339).unwrap();
        let later = studio.post(&studio.body(&[("publishAt", json!(time))])).await;
        assert_eq!(later.json()["status"], "SCHEDULED", "today's quota says nothing of a later day");
    }
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let studio = Studio::open().await;
    assert_eq!(studio.problems(&studio.body(&[])).await, []);
    assert_eq!((studio.written().await, studio.messages().await), (0, Vec::new()));
    let sql = "SELECT delete_after < now() + INTERVAL '25 hours' FROM media_uploads WHERE id = $1";
    assert!(studio.stage.world.tables.rows(sql, &[&studio.media]).await[0].get::<_, bool>(0), "no post needs it");
}

#[tokio::test]
async fn a_worker_that_can_not_be_told_costs_nobody_the_post() {
    let studio = Studio::open().await;
    let world = &studio.stage.world;
    let lost = format!("{}/nobody-made-this", studio.queue.rsplit_once('/').unwrap().0);
    let mut settings = studio.stage.settings();
    settings.push(("PUBLISH_QUEUE_URL", &lost));
    let upload = crate::support::HttpSandbox::start(world, "upload", settings).await;
    let answer = super::called(&upload, studio.event(&studio.body(&[]), "", Some("a-key"))).await;
    assert_eq!((answer.status, studio.written().await), (202, 1));
    assert!(upload.printed("the worker was not told").await);
    assert_eq!(minutes(&studio, "created_at", "next_attempt_at").await, 1.0, "status-updater will");
}
