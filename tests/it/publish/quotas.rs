//! What TikTok says no to, for today or for good.

use serde_json::json;

use super::{Publishing, end, is_out, stage::tell};

const CREATOR: &str = "/v2/post/publish/creator_info/query/";
const INIT: &str = "/v2/post/publish/video/init/";

#[tokio::test]
async fn a_quota_that_is_used_up_holds_the_post_for_a_day() {
    for (path, code) in [(CREATOR, "spam_risk_too_many_posts"), (INIT, "reached_active_user_cap")] {
        let publishing = Publishing::open().await;
        let file = publishing.file(1_000).await;
        let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
        publishing.tiktok().fault(path, 1, &json!({ "refuse": code })).await.unwrap();
        assert!(tell(&worker, post).await);
        let row = publishing.row(post).await;
        assert_eq!((row.status.as_str(), row.is_open, row.intent), ("HELD", true, None));
        let timeline = publishing.timeline(post).await;
        assert_eq!(timeline.last().unwrap(), &format!("HELD {code}"));
        let sql = "SELECT 1 FROM tiktok_posts WHERE next_attempt_at > now() + INTERVAL '23 hours'";
        assert_eq!(publishing.tables().rows(sql, &[]).await.len(), 1);
        assert_eq!(publishing.round().await["postsStarted"], 0);

        publishing.age(post, 24 * 60).await;
        assert_eq!(publishing.round().await["postsStarted"], 1);
        assert_eq!(publishing.row(post).await.status, "QUEUED");
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
    }
}

#[tokio::test]
async fn a_quota_that_is_told_late_is_waited_for_as_long() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "fail_reason": "spam_risk_too_many_posts" })).await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    for day in 1..=4 {
        publishing.drive_until(&worker, post, "HELD").await;
        publishing.age(post, 24 * 60).await;
        assert_eq!(publishing.round().await["postsStarted"], 1, "day {day}");
    }
    publishing.set(json!({ "fail_reason": null })).await;
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
}

#[tokio::test]
async fn a_quota_that_stays_used_up_for_a_week_ends_the_post() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "posts_per_day": 0 })).await;
    let file = publishing.file(1_000).await;
    let post = publishing.post(&file).await;
    publishing.tables().run("UPDATE tiktok_posts SET created_at = now() - INTERVAL '8 days'").await;
    assert!(tell(&publishing.worker().await, post).await);
    end(&publishing, post, "FAILED", "spam_risk_too_many_posts").await;
}

#[tokio::test]
async fn a_limit_is_waited_for_a_minute_at_least() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.tiktok().fault(INIT, 1, &json!({ "rate_limited": true })).await.unwrap();
    assert!(tell(&worker, post).await);
    let sql = "SELECT 1 FROM tiktok_posts WHERE status = 'QUEUED' AND due_at > now() + INTERVAL '50 seconds'";
    assert_eq!(publishing.tables().rows(sql, &[]).await.len(), 1);
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
    assert!(publishing.timeline(post).await.contains(&"postponed rate_limit_exceeded".to_owned()));
}

#[tokio::test]
async fn what_would_be_refused_again_ends_the_post() {
    let code = "spam_risk_user_banned_from_posting";
    for (fault, code) in [
        (Some((CREATOR, code)), code),
        (Some((INIT, "invalid_params")), "invalid_param"),
        (Some((INIT, "scope_not_authorized")), "scope_not_authorized"),
        (None, "privacy_level_option_mismatch"),
    ] {
        let publishing = Publishing::open().await;
        let file = publishing.file(1_000).await;
        let post = publishing.post_with(&file, json!({ "privacy_level": "MUTUAL_FOLLOW_FRIENDS" })).await;
        match fault {
            Some((path, word)) => publishing.tiktok().fault(path, 1, &json!({ "refuse": word })).await.unwrap(),
            None => publishing.set(json!({ "privacy_level_options": ["SELF_ONLY"] })).await,
        }
        assert!(tell(&publishing.worker().await, post).await);
        end(&publishing, post, "FAILED", code).await;
        assert_eq!(publishing.timeline(post).await.last().unwrap(), &format!("FAILED {code}"));
    }
}

#[tokio::test]
async fn tiktoks_own_trouble_passes_or_ends_the_post_after_hours() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.tiktok().fault(INIT, 1_000, &json!({ "status": 503 })).await.unwrap();
    publishing.drive_for(&worker, post, 20).await;
    end(&publishing, post, "FAILED", "platform_internal_error").await;
    assert_eq!(publishing.tiktok().calls_to(INIT).await.unwrap(), 20);
}

#[tokio::test]
async fn a_quota_that_only_shows_once_the_file_is_there_holds_the_post_as_well() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "fail_reason": "spam_risk_too_many_posts" })).await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    assert!(tell(&worker, post).await);
    publishing.age(post, 1).await;
    assert!(tell(&worker, post).await);
    let row = publishing.row(post).await;
    assert_eq!((row.status.as_str(), row.publish_id, row.is_open), ("HELD", None, true));
    assert_eq!(publishing.timeline(post).await.last().unwrap(), "HELD spam_risk_too_many_posts");

    publishing.set(json!({ "fail_reason": null })).await;
    publishing.age(post, 24 * 60).await;
    assert_eq!(publishing.round().await["postsStarted"], 1);
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
}
