//! What becomes of a post, as TikTok tells it: when it's asked, or first.

use serde_json::json;

use super::{
    Publishing, end, is_out,
    stage::{TWO_CHUNKS, tell},
};

const STATUS: &str = "/v2/post/publish/status/fetch/";

/// What a webhook would write.
const TOLD: &str = "UPDATE tiktok_posts SET status_at = now(), error_code = $1, status = $2";

#[tokio::test]
async fn a_webhook_that_comes_first_is_respected() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    assert!(tell(&worker, post).await);
    publishing.tables().rows(TOLD, &[&None::<&str>, &"PUBLISH_COMPLETE"]).await;
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
    assert!(!publishing.public_ids(post).await.is_empty(), "the public id is still looked for");
    assert!(worker.printed("upload_success_rate").await);
    assert!(!publishing.timeline(post).await.contains(&"PUBLISH_COMPLETE".to_owned()), "it's told once");
}

#[tokio::test]
async fn a_failure_that_a_webhook_told_is_the_end() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "fail_reason": "internal" })).await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    assert!(tell(&worker, post).await);
    publishing.tables().rows(TOLD, &[&Some("internal"), &"FAILED"]).await;
    publishing.drive(&worker, post).await;
    // Its person has read it, and may have posted anew.
    end(&publishing, post, "FAILED", "internal").await;
    assert_eq!(publishing.made(post).await.len(), 1);
}

#[tokio::test]
async fn a_webhook_in_the_middle_of_a_step_stops_the_worker() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.tiktok().fault("/upload", 1, &json!({ "latency_ms": 1_500 })).await.unwrap();
    let told = async {
        let sent = async || (publishing.tiktok().calls_to("/upload").await.unwrap() > 0).then_some(());
        crate::support::eventually("the chunk is sent", sent).await;
        publishing.tables().rows(TOLD, &[&Some("auth_removed"), &"FAILED"]).await;
    };
    let (done, ()) = tokio::join!(tell(&worker, post), told);
    assert!(done);
    let row = publishing.row(post).await;
    assert_eq!((row.status.as_str(), row.code.as_deref()), ("FAILED", Some("auth_removed")));
    publishing.drive(&worker, post).await;
    assert_eq!(publishing.row(post).await, super::stage::Row { is_open: false, intent: None, ..row });
}

#[tokio::test]
async fn a_post_that_fails_says_why() {
    for reason in ["file_format_check_failed", "spam_risk", "auth_removed", "brand_new"] {
        let publishing = Publishing::open().await;
        publishing.set(json!({ "fail_reason": reason })).await;
        let file = publishing.file(1_000).await;
        let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
        publishing.drive(&worker, post).await;
        let code = if reason == "brand_new" { "platform_refused" } else { reason };
        end(&publishing, post, "FAILED", code).await;
        assert_eq!(publishing.made(post).await.len(), 1);
    }
}

#[tokio::test]
async fn a_failure_of_tiktoks_own_is_tried_again_a_few_times() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "fail_reason": "internal" })).await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    for _ in 0..2 {
        assert!(tell(&worker, post).await);
        publishing.age(post, 5).await;
    }
    publishing.set(json!({ "fail_reason": null })).await;
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;

    publishing.set(json!({ "fail_reason": "internal" })).await;
    let post = publishing.post(&file).await;
    publishing.drive(&worker, post).await;
    end(&publishing, post, "FAILED", "internal").await;
    assert_eq!(publishing.made(post).await.len(), 3);
}

#[tokio::test]
async fn what_nobody_tells_for_three_days_is_unknown() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "processing_s": null })).await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    assert!(tell(&worker, post).await);
    for (minutes, is_open) in [(60, true), (70 * 60, true), (120, false)] {
        publishing.age(post, minutes).await;
        assert!(tell(&worker, post).await);
        assert_eq!(publishing.row(post).await.is_open, is_open, "{minutes}");
    }
    end(&publishing, post, "OUTCOME_UNKNOWN", "outcome_unknown").await;
    assert!(worker.printed("unknown_outcomes").await);
    assert_eq!(publishing.made(post).await.len(), 1);
}

#[tokio::test]
async fn the_outcome_is_asked_for_with_delayed_messages_at_first_and_by_the_round_later() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "processing_s": null })).await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    let aws = &publishing.stage.world.aws;
    assert!(tell(&worker, post).await);
    assert_eq!(aws.depth(&publishing.queue).await + delayed(&publishing).await, 1);
    publishing.age(post, 60).await;
    aws.purge(&publishing.queue).await;
    assert!(tell(&worker, post).await);
    assert_eq!(aws.depth(&publishing.queue).await + delayed(&publishing).await, 0);
    publishing.age(post, 62).await;
    assert_eq!(publishing.round().await["postsResumed"], 1);
    assert_eq!(aws.bodies(&publishing.queue).await.len(), 1);
}

/// What is in the queue, and nobody may receive yet.
async fn delayed(publishing: &Publishing) -> u32 {
    publishing.stage.world.aws.delayed(&publishing.queue).await
}

#[tokio::test]
async fn trouble_while_asking_changes_nothing() {
    for fault in [json!({ "status": 503 }), json!({ "rate_limited": true }), json!({ "refuse": "invalid_publish_id" })]
    {
        let publishing = Publishing::open().await;
        let file = publishing.file(1_000).await;
        let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
        assert!(tell(&worker, post).await);
        publishing.age(post, 1).await;
        publishing.tiktok().fault(STATUS, 2, &fault).await.unwrap();
        assert!(tell(&worker, post).await);
        let row = publishing.row(post).await;
        assert_eq!((row.status.as_str(), row.code, row.is_open), ("PROCESSING_UPLOAD", None, true), "{fault}");
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
    }
}

#[tokio::test]
async fn a_webhook_before_the_last_answer_makes_nobody_ask_without_end() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.tiktok().fault("/upload", 1, &json!({ "lose_answer": true })).await.unwrap();
    assert!(tell(&worker, post).await);
    publishing.tables().rows(TOLD, &[&None::<&str>, &"PUBLISH_COMPLETE"]).await;
    publishing.age(post, 5).await;
    publishing.tiktok().fault(STATUS, 100, &json!({ "status": 503 })).await.unwrap();
    let before = publishing.tiktok().calls_to(STATUS).await.unwrap();
    assert!(tell(&worker, post).await);
    assert!(publishing.tiktok().calls_to(STATUS).await.unwrap() - before < 5);
    publishing.tiktok().forget_faults().await.unwrap();
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
}

#[tokio::test]
async fn a_failure_that_may_pass_is_decided_on_by_the_worker_that_has_the_post() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "fail_reason": "internal" })).await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    assert!(tell(&worker, post).await);
    let first = publishing.row(post).await.publish_id.unwrap();
    publishing.webhook("post.publish.failed", json!({ "reason": "internal" }), &first).await;
    assert_eq!(publishing.row(post).await.status, "PROCESSING_UPLOAD");
    assert_eq!(publishing.round().await["postsResumed"], 1);
    publishing.set(json!({ "fail_reason": null })).await;
    assert!(tell(&worker, post).await);
    let timeline = publishing.timeline(post).await;
    assert_eq!(timeline.last().unwrap(), "started_over internal");
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;

    // What is said of the first upload later changes nothing, unless it's that it is out.
    publishing.webhook("post.publish.failed", json!({ "reason": "internal" }), &first).await;
    is_out(&publishing, post, &file).await;
    for _ in 0..2 {
        publishing.webhook("post.publish.complete", json!({}), &first).await;
    }
    let timeline = publishing.timeline(post).await;
    assert_eq!(timeline.iter().filter(|line| *line == "abandoned_upload_published").count(), 1, "{timeline:?}");
}

#[tokio::test]
async fn an_upload_that_was_given_up_and_is_out_after_all_is_the_post() {
    for is_held in [false, true] {
        let publishing = Publishing::open().await;
        let reason = if is_held { "spam_risk_too_many_posts" } else { "internal" };
        publishing.set(json!({ "fail_reason": reason })).await;
        let file = publishing.file(1_000).await;
        let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
        assert!(tell(&worker, post).await);
        let first = publishing.row(post).await.publish_id.unwrap();
        publishing.age(post, 5).await;
        assert!(tell(&worker, post).await);
        assert_eq!(publishing.row(post).await.status, if is_held { "HELD" } else { "QUEUED" });
        publishing.webhook("post.publish.complete", json!({}), &first).await;
        let row = publishing.row(post).await;
        assert_eq!((row.status.as_str(), row.publish_id), ("PUBLISH_COMPLETE", Some(first)));
        publishing.set(json!({ "fail_reason": null })).await;
        publishing.drive(&worker, post).await;
        assert_eq!(publishing.row(post).await.status, "PUBLISH_COMPLETE");
        assert_eq!(publishing.made(post).await.len(), 1, "nothing else was begun");
    }
}

#[tokio::test]
async fn an_upload_that_is_out_after_all_stops_the_one_that_took_its_place() {
    let publishing = Publishing::open().await;
    publishing.cut_in_two().await;
    publishing.set(json!({ "fail_reason": "internal" })).await;
    let file = publishing.file(TWO_CHUNKS).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    assert!(tell(&worker, post).await);
    let first = publishing.row(post).await.publish_id.unwrap();
    publishing.age(post, 5).await;
    publishing.drive_until(&worker, post, "QUEUED").await;
    publishing.tiktok().fault("/upload", 100, &json!({ "status": 503 })).await.unwrap();
    publishing.age(post, 5).await;
    assert!(tell(&worker, post).await);
    let second = publishing.row(post).await.publish_id.unwrap();
    assert_ne!(second, first);
    publishing.webhook("post.publish.complete", json!({}), &first).await;
    publishing.tiktok().forget_faults().await.unwrap();
    publishing.set(json!({ "fail_reason": null })).await;
    publishing.drive(&worker, post).await;
    let row = publishing.row(post).await;
    assert_eq!((row.status.as_str(), row.publish_id), ("PUBLISH_COMPLETE", Some(first)));
    publishing.webhook("post.publish.failed", json!({ "reason": "upload_expired" }), &second).await;
    assert_eq!(publishing.row(post).await.status, "PUBLISH_COMPLETE");
}

#[tokio::test]
async fn a_failure_that_stays_ends_the_post_at_once_with_a_code_of_ours() {
    for (said, code) in [("spam_risk_text", "spam_risk_text"), ("brand_new", "platform_refused")] {
        let publishing = Publishing::open().await;
        publishing.set(json!({ "processing_s": null })).await;
        let file = publishing.file(1_000).await;
        let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
        assert!(tell(&worker, post).await);
        let publish_id = publishing.row(post).await.publish_id.unwrap();
        publishing.tables().run("UPDATE tiktok_posts SET error_message = 'an older one'").await;
        publishing.webhook("post.publish.failed", json!({ "reason": said }), &publish_id).await;
        publishing.drive(&worker, post).await;
        end(&publishing, post, "FAILED", code).await;
        let sql = "SELECT 1 FROM tiktok_posts WHERE error_message IS NULL";
        assert_eq!(publishing.tables().rows(sql, &[]).await.len(), 1);
    }
}
