//! Whole posts, from the row to the public id.

use serde_json::json;
use tokio::task::JoinSet;

use super::{
    Publishing, is_out,
    stage::{TWO_CHUNKS, message, tell},
};

#[tokio::test]
async fn a_post_is_published_and_its_public_id_is_found() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
    let timeline = ["init", "PROCESSING_UPLOAD", "last_chunk", "uploaded", "PUBLISH_COMPLETE"];
    assert_eq!(publishing.timeline(post).await, timeline);
    let made = publishing.made(post).await;
    assert_eq!(json!(publishing.public_ids(post).await), made[0]["post_ids"]);
    assert_eq!(made[0]["post_info"]["privacy_level"], "PUBLIC_TO_EVERYONE");
    assert!(worker.printed("upload_success_rate").await);
    let sealed =
        publishing.tables().rows("SELECT 1 FROM tiktok_posts WHERE upload_url_encrypted IS NOT NULL", &[]).await;
    assert!(sealed.is_empty(), "the address is not kept");
}

#[tokio::test]
async fn a_post_for_nobody_else_awaits_no_public_id() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let post = publishing.post_with(&file, json!({ "privacy_level": "SELF_ONLY" })).await;
    publishing.drive(&publishing.worker().await, post).await;
    is_out(&publishing, post, &file).await;
    assert!(publishing.public_ids(post).await.is_empty());
}

#[tokio::test]
async fn a_message_that_comes_five_times_at_once_makes_one_post() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let post = publishing.post(&file).await;
    let mut workers = JoinSet::new();
    for _ in 0..5 {
        let worker = publishing.worker().await;
        workers.spawn(async move {
            worker.invoke(message(post)).await;
            worker
        });
    }
    let workers = workers.join_all().await;
    assert_eq!(publishing.made(post).await.len(), 1);
    publishing.drive(&workers[0], post).await;
    is_out(&publishing, post, &file).await;
    assert_eq!(publishing.made(post).await.len(), 1);
}

#[tokio::test]
async fn a_message_for_what_is_not_due_or_done_is_dropped() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    for (set, back) in [
        ("status = 'HELD'", "status = 'QUEUED'"),
        ("status = 'SCHEDULED', publish_at = now()", "status = 'QUEUED'"),
        ("due_at = now() + INTERVAL '1 minute'", "due_at = now()"),
        ("lease_until = now() + INTERVAL '1 minute'", "lease_until = NULL"),
        ("next_attempt_at = NULL", "next_attempt_at = now()"),
    ] {
        publishing.tables().run(&format!("UPDATE tiktok_posts SET {set}")).await;
        assert!(tell(&worker, post).await, "{set}");
        assert!(publishing.made(post).await.is_empty(), "{set}");
        publishing.tables().run(&format!("UPDATE tiktok_posts SET {back}")).await;
    }
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
}

#[tokio::test]
async fn a_message_that_names_no_post_of_ours_comes_back() {
    let publishing = Publishing::open().await;
    let worker = publishing.worker().await;
    for body in ["{}", r#"{"platform":"instagram","postId":1}"#] {
        let mut event = message(1);
        event["Records"][0]["body"] = json!(body);
        let failed = &worker.invoke(event).await["batchItemFailures"];
        assert_eq!(failed[0]["itemIdentifier"], "m", "{body}");
    }
    assert!(tell(&worker, 2_147_483_647).await, "a post that isn't there needs nothing");
}

#[tokio::test]
async fn every_size_arrives_byte_by_byte() {
    let publishing = Publishing::open().await;
    let worker = publishing.worker().await;
    for size in [1, 5_242_879, 19_999_999, 20_000_000, 20_000_001, 30_000_000] {
        let file = publishing.file(size).await;
        let post = publishing.post(&file).await;
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
    }
}

#[tokio::test]
async fn where_the_first_plan_of_chunks_is_refused_the_second_is_tried() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "refused_chunk_sizes": [TWO_CHUNKS, 10_000_000] })).await;
    let worker = publishing.worker().await;
    for (size, chunk_size) in [(TWO_CHUNKS, 5_242_880), (20_000_000, 20_000_000)] {
        let file = publishing.file(size).await;
        let post = publishing.post(&file).await;
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
        assert_eq!(publishing.made(post).await[0]["chunk_size"], chunk_size);
    }
}

#[tokio::test]
async fn a_file_that_was_replaced_or_is_gone_is_not_published() {
    let publishing = Publishing::open().await;
    let worker = publishing.worker().await;
    let file = publishing.file(1_000).await;
    let post = publishing.post(&file).await;
    publishing.replace(&file).await;
    publishing.drive(&worker, post).await;
    super::end(&publishing, post, "FAILED", "media_differs").await;

    let file = publishing.file(1_000).await;
    let post = publishing.post(&file).await;
    publishing.tables().run("UPDATE media_uploads SET status = 'deleted', deleted_at = now()").await;
    publishing.drive(&worker, post).await;
    super::end(&publishing, post, "FAILED", "media_expired").await;
    assert!(worker.printed("upload_success_rate").await);
}
