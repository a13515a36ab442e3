//! The file on its way, and what befalls it there.

use std::time::Duration;

use serde_json::json;

use super::{
    Publishing, is_out,
    stage::{CHUNK, TWO_CHUNKS, tell},
};
use crate::support::eventually;

const INIT: &str = "/v2/post/publish/video/init/";
const STATUS: &str = "/v2/post/publish/status/fetch/";
const UPLOAD: &str = "/upload";

#[tokio::test]
async fn a_worker_hands_over_before_its_time_is_up_and_a_fresh_one_goes_on_at_the_right_byte() {
    let publishing = Publishing::open().await;
    publishing.cut_in_two().await;
    let file = publishing.file(TWO_CHUNKS).await;
    let post = publishing.post(&file).await;
    publishing.tiktok().fault(UPLOAD, 1, &json!({ "latency_ms": 6_000 })).await.unwrap();
    // It begins nothing in its last thirty seconds, nor what would take it there.
    let hurried = publishing.hurried_worker(Duration::from_secs(40)).await;
    assert!(tell(&hurried, post).await);
    let row = publishing.row(post).await;
    assert_eq!((row.status.as_str(), row.confirmed, row.intent), ("PROCESSING_UPLOAD", CHUNK, None));
    let told = publishing.stage.world.aws.bodies(&publishing.queue).await;
    assert_eq!(told.len(), 1, "the next worker is told: {told:?}");

    assert!(tell(&publishing.worker().await, post).await);
    assert_eq!(publishing.row(post).await.confirmed, TWO_CHUNKS as i64);
    publishing.drive(&publishing.worker().await, post).await;
    is_out(&publishing, post, &file).await;
    assert_eq!(publishing.tiktok().calls_to(UPLOAD).await.unwrap(), 2, "no byte is sent twice");
}

#[tokio::test]
async fn memory_does_not_grow_with_the_file() {
    const MEGABYTE: u64 = 1_000_000;
    let publishing = Publishing::open().await;
    let worker = publishing.worker().await;
    let mut peaks = Vec::new();
    for size in [1_000, 120_000_000] {
        let file = publishing.file(size).await;
        let post = publishing.post(&file).await;
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
        peaks.push(worker.peak_memory().await);
    }
    assert!(peaks[1] < peaks[0] + 20 * MEGABYTE, "{peaks:?}");
}

#[tokio::test]
async fn a_chunk_that_meets_trouble_is_sent_again() {
    for fault in [json!({ "status": 503 }), json!({ "status": 429 }), json!({ "status": 408 })] {
        let publishing = Publishing::open().await;
        publishing.cut_in_two().await;
        let file = publishing.file(TWO_CHUNKS).await;
        let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
        publishing.tiktok().fault(UPLOAD, 3, &fault).await.unwrap();
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
        assert_eq!(publishing.made(post).await.len(), 1, "to the same upload");
        assert_eq!(publishing.tiktok().calls_to(UPLOAD).await.unwrap(), 5);
    }
}

#[tokio::test]
async fn lost_answers_are_no_lost_posts() {
    for (path, begun) in [(INIT, 3), (UPLOAD, 1), (STATUS, 1)] {
        for last_byte in [false, true] {
            let publishing = Publishing::open().await;
            if path != INIT {
                publishing.cut_in_two().await;
            }
            publishing.set(json!({ "reports_last_byte": last_byte })).await;
            let file = publishing.file(TWO_CHUNKS).await;
            let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
            publishing.tiktok().fault(path, 2, &json!({ "lose_answer": true })).await.unwrap();
            publishing.drive(&worker, post).await;
            is_out(&publishing, post, &file).await;
            assert!(publishing.made(post).await.len() <= begun, "{path}");
            if path == UPLOAD {
                assert_eq!(publishing.tiktok().calls_to(UPLOAD).await.unwrap(), 2, "TikTok was asked what it has");
            }
        }
    }
}

#[tokio::test]
async fn out_of_step_the_worker_goes_on_where_tiktok_is() {
    for repeats in [false, true] {
        let publishing = Publishing::open().await;
        publishing.cut_in_two().await;
        publishing.set(json!({ "accepts_repeated_chunk": repeats })).await;
        let file = publishing.file(TWO_CHUNKS).await;
        let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
        publishing.tiktok().fault(UPLOAD, 1, &json!({ "lose_answer": true })).await.unwrap();
        assert!(tell(&worker, post).await);
        assert_eq!(publishing.row(post).await.confirmed, 0);
        // Nor does status/fetch tell: the chunk itself has to.
        publishing.tiktok().fault(STATUS, 4, &json!({ "status": 503 })).await.unwrap();
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
        assert_eq!(publishing.tiktok().calls_to(UPLOAD).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn an_upload_whose_hour_is_over_is_begun_anew_before_its_last_chunk() {
    let publishing = Publishing::open().await;
    publishing.cut_in_two().await;
    let file = publishing.file(TWO_CHUNKS).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    let late = json!({ "status": 503 });
    publishing.tiktok().fault(UPLOAD, 1, &late).await.unwrap();
    assert!(tell(&worker, post).await);
    publishing.tiktok().advance(3_601).await.unwrap();
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
    let timeline = publishing.timeline(post).await;
    assert!(timeline.contains(&"started_over upload_expired".to_owned()), "{timeline:?}");
    assert_eq!(publishing.made(post).await.len(), 2);
}

#[tokio::test]
async fn an_upload_is_begun_three_times_at_most() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "upload_url_lifetime_s": 0 })).await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.drive(&worker, post).await;
    super::end(&publishing, post, "FAILED", "upload_expired").await;
    assert_eq!(publishing.made(post).await.len(), 3);
}

#[tokio::test]
async fn once_the_last_chunk_may_be_there_only_tiktok_says_what_became_of_it() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "processing_s": null })).await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.tiktok().fault(UPLOAD, 1, &json!({ "lose_answer": true })).await.unwrap();
    assert!(tell(&worker, post).await);
    assert_eq!(publishing.row(post).await.intent.as_deref(), Some("last_chunk"));
    publishing.tiktok().advance(3_601).await.unwrap();
    publishing.tables().run("UPDATE tiktok_posts SET upload_url_expires_at = now()").await;
    publishing.tiktok().fault(STATUS, 4, &json!({ "status": 503 })).await.unwrap();
    for _ in 0..4 {
        publishing.age(post, 70).await;
        assert!(tell(&worker, post).await);
    }
    assert_eq!(publishing.made(post).await.len(), 1, "no other upload is begun");
    publishing.set(json!({ "processing_s": 0 })).await;
    publishing.age(post, 70).await;
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
}

#[tokio::test]
async fn a_file_that_is_replaced_on_the_way_is_not_mixed() {
    let publishing = Publishing::open().await;
    publishing.cut_in_two().await;
    let file = publishing.file(TWO_CHUNKS).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.tiktok().fault(UPLOAD, 1, &json!({ "status": 503 })).await.unwrap();
    assert!(tell(&worker, post).await);
    publishing.replace(&file).await;
    publishing.drive(&worker, post).await;
    super::end(&publishing, post, "FAILED", "media_differs").await;
}

#[tokio::test]
async fn a_chunk_that_is_refused_ends_the_post() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.tiktok().fault(UPLOAD, 1, &json!({ "status": 400 })).await.unwrap();
    publishing.drive(&worker, post).await;
    super::end(&publishing, post, "FAILED", "platform_invalid_request").await;
}

#[tokio::test]
async fn that_the_last_chunk_was_turned_away_is_known_to_the_next_worker_too() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let post = publishing.post(&file).await;
    publishing.tiktok().fault(UPLOAD, 1, &json!({ "status": 403 })).await.unwrap();
    publishing.tiktok().fault(STATUS, 100, &json!({ "status": 503 })).await.unwrap();
    assert!(tell(&publishing.worker().await, post).await);
    assert_eq!(publishing.row(post).await.intent.as_deref(), Some("turned_away"));
    publishing.tiktok().forget_faults().await.unwrap();
    publishing.age(post, 5).await;
    publishing.drive(&publishing.worker().await, post).await;
    is_out(&publishing, post, &file).await;
    let timeline = publishing.timeline(post).await;
    assert!(timeline.contains(&"started_over upload_expired".to_owned()), "{timeline:?}");
}

#[tokio::test]
async fn a_worker_that_was_given_up_writes_nothing_more() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let post = publishing.post(&file).await;
    let (slow, next) = (publishing.worker().await, publishing.worker().await);
    publishing.tiktok().fault(UPLOAD, 1, &json!({ "latency_ms": 6_000 })).await.unwrap();
    let overtakes = async {
        let sent = async || (publishing.tiktok().calls_to(UPLOAD).await.unwrap() > 0).then_some(());
        eventually("the slow one sends", sent).await;
        publishing.age(post, 5).await;
        assert!(tell(&next, post).await);
        lease(&publishing, post).await
    };
    let (done, (claims, until)) = tokio::join!(tell(&slow, post), overtakes);
    assert!(done, "it isn't at fault");
    assert_eq!((claims, until), (2, None), "the next one is done while the slow one sends");
    assert_eq!(lease(&publishing, post).await, (2, None));
    let timeline = publishing.timeline(post).await;
    assert_eq!(timeline.iter().filter(|line| *line == "uploaded").count(), 1, "{timeline:?}");
    publishing.drive(&next, post).await;
    is_out(&publishing, post, &file).await;
}

/// How often the post was claimed, and until when it is.
async fn lease(publishing: &Publishing, post: i32) -> (i64, Option<String>) {
    let sql = "SELECT lease_token, lease_until::text FROM tiktok_posts WHERE id = $1";
    let row = &publishing.tables().rows(sql, &[&post]).await[0];
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn no_upload_is_opened_before_a_worker_is_free_for_it() {
    let publishing = Publishing::open().await;
    publishing.cut_in_two().await;
    let (file, worker) = (publishing.file(TWO_CHUNKS).await, publishing.lone_worker().await);
    let (first, second) = (publishing.post(&file).await, publishing.post(&file).await);
    publishing.tiktok().fault(UPLOAD, 1, &json!({ "status": 503 })).await.unwrap();
    assert!(tell(&worker, first).await);
    assert!(tell(&worker, second).await);
    let row = publishing.row(second).await;
    assert_eq!((row.status.as_str(), row.publish_id, row.is_open), ("QUEUED", None, true));
    assert_eq!(publishing.timeline(second).await, Vec::<String>::new());
    for post in [first, second] {
        publishing.age(post, 5).await;
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
    }
}

#[tokio::test]
async fn an_upload_that_is_left_alone_for_minutes_keeps_no_other_one_waiting() {
    let publishing = Publishing::open().await;
    publishing.cut_in_two().await;
    let (file, worker) = (publishing.file(TWO_CHUNKS).await, publishing.lone_worker().await);
    let (first, second) = (publishing.post(&file).await, publishing.post(&file).await);
    publishing.tiktok().fault(UPLOAD, 1, &json!({ "status": 503 })).await.unwrap();
    assert!(tell(&worker, first).await);
    assert_eq!(publishing.row(first).await.status, "PROCESSING_UPLOAD");
    // As after some more failures in a row.
    let left_alone = "UPDATE tiktok_posts SET due_at = now() + INTERVAL '80 seconds' WHERE id = $1";
    publishing.tables().rows(left_alone, &[&first]).await;
    publishing.tiktok().fault(UPLOAD, 1, &json!({ "status": 503 })).await.unwrap();
    assert!(tell(&worker, second).await);
    publishing.tables().rows(left_alone, &[&second]).await;
    let third = publishing.post(&file).await;
    assert!(tell(&worker, third).await);
    assert_eq!(publishing.row(third).await.status, "QUEUED", "where every upload fails, it waits");
    publishing.age(second, 5).await;
    publishing.drive(&worker, second).await;
    is_out(&publishing, second, &file).await;
    publishing.age(first, 5).await;
    publishing.drive(&worker, first).await;
    is_out(&publishing, first, &file).await;
}
