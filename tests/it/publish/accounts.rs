//! The account behind a post: its token ends on the way, or the account itself.

use serde_json::json;

use super::{
    Publishing, end, is_out,
    stage::{File, TWO_CHUNKS, tell},
};
use crate::support::{FunctionSandbox, eventually};

const CREATOR: &str = "/v2/post/publish/creator_info/query/";
const STATUS: &str = "/v2/post/publish/status/fetch/";

#[tokio::test]
async fn a_token_that_ends_on_the_way_is_renewed() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    assert!(tell(&worker, post).await);
    publishing.tiktok().advance(7_300).await.unwrap();
    publishing.tables().run("UPDATE oauth_accounts SET expires_at = now() - INTERVAL '1 minute'").await;
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
}

#[tokio::test]
async fn a_token_that_is_refused_without_warning_is_renewed_once() {
    for path in [CREATOR, STATUS] {
        let publishing = Publishing::open().await;
        let file = publishing.file(1_000).await;
        let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
        let before = publishing.tiktok().calls_to("/v2/oauth/token/").await.unwrap();
        publishing.tiktok().fault(path, 1, &json!({ "refuse": "access_token_invalid" })).await.unwrap();
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
        assert_eq!(publishing.tiktok().calls_to("/v2/oauth/token/").await.unwrap() - before, 1);
    }
}

#[tokio::test]
async fn an_account_that_was_lost_before_publishes_nothing() {
    for (set, code) in [
        ("status = 'needs_reauth', status_reason = 'auth_removed'", "auth_removed"),
        ("status = 'revoked', access_token_encrypted = NULL, refresh_token_encrypted = NULL", "reconnect_required"),
    ] {
        let publishing = Publishing::open().await;
        let file = publishing.file(1_000).await;
        let post = publishing.post(&file).await;
        publishing.tables().run(&format!("UPDATE oauth_accounts SET {set}")).await;
        assert!(tell(&publishing.worker().await, post).await);
        end(&publishing, post, "FAILED", code).await;
        assert!(publishing.made(post).await.is_empty());
    }
}

#[tokio::test]
async fn a_failure_that_nobody_can_ask_about_ends_the_post() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let post = publishing.post(&file).await;
    assert!(tell(&publishing.worker().await, post).await);
    let named = publishing.row(post).await.publish_id.unwrap();
    let left =
        "UPDATE oauth_accounts SET status = 'revoked', access_token_encrypted = NULL, refresh_token_encrypted = NULL";
    publishing.tables().run(left).await;
    publishing.webhook("post.publish.failed", json!({ "reason": "internal" }), &named).await;
    assert_eq!(publishing.row(post).await.status, "FAILED");
}

#[tokio::test]
async fn who_disconnects_on_the_way_publishes_nothing() {
    let publishing = Publishing::open().await;
    publishing.cut_in_two().await;
    let file = publishing.file(TWO_CHUNKS).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.tiktok().fault("/upload", 1, &json!({ "status": 503 })).await.unwrap();
    assert!(tell(&worker, post).await);
    let revoked = "status = 'revoked', access_token_encrypted = NULL, refresh_token_encrypted = NULL";
    publishing.tables().run(&format!("UPDATE oauth_accounts SET {revoked}")).await;
    publishing.drive(&worker, post).await;
    end(&publishing, post, "FAILED", "reconnect_required").await;
}

#[tokio::test]
async fn an_account_that_is_lost_while_tiktok_works_may_come_back_and_tell() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    assert!(tell(&worker, post).await);
    let lost = "status = 'needs_reauth', status_reason = 'invalid_grant'";
    publishing.tables().run(&format!("UPDATE oauth_accounts SET {lost}")).await;
    publishing.age(post, 5).await;
    assert!(tell(&worker, post).await);
    let row = publishing.row(post).await;
    assert_eq!((row.status.as_str(), row.is_open), ("PROCESSING_UPLOAD", true));
    publishing.tables().run("UPDATE oauth_accounts SET status = 'active', status_reason = NULL").await;
    publishing.drive(&worker, post).await;
    is_out(&publishing, post, &file).await;
}

#[tokio::test]
async fn who_disconnects_in_the_middle_of_a_slice_has_no_last_chunk_sent() {
    let publishing = Publishing::open().await;
    publishing.cut_in_two().await;
    let file = publishing.file(TWO_CHUNKS).await;
    let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
    publishing.tiktok().fault("/upload", 1, &json!({ "latency_ms": 1_500 })).await.unwrap();
    let leaves = async {
        let sent = async || (publishing.tiktok().calls_to("/upload").await.unwrap() > 0).then_some(());
        eventually("the first chunk is sent", sent).await;
        let revoked = "status = 'revoked', access_token_encrypted = NULL, refresh_token_encrypted = NULL";
        publishing.tables().run(&format!("UPDATE oauth_accounts SET {revoked}")).await;
    };
    let (done, ()) = tokio::join!(tell(&worker, post), leaves);
    assert!(done);
    assert_eq!(publishing.tiktok().calls_to("/upload").await.unwrap(), 1);
    publishing.drive(&worker, post).await;
    end(&publishing, post, "FAILED", "reconnect_required").await;
}

/// A post that TikTok has whole, and whose account was lost until nobody asked any more.
async fn unknown(publishing: &Publishing, worker: &FunctionSandbox, file: &File) -> i32 {
    let post = publishing.post(file).await;
    assert!(tell(worker, post).await);
    let lost = "status = 'revoked', access_token_encrypted = NULL, refresh_token_encrypted = NULL";
    publishing.tables().run(&format!("UPDATE oauth_accounts SET {lost}")).await;
    publishing.age(post, 73 * 60).await;
    assert!(tell(worker, post).await);
    let row = publishing.row(post).await;
    assert_eq!((row.status.as_str(), row.is_open), ("OUTCOME_UNKNOWN", false));
    post
}

#[tokio::test]
async fn what_became_of_a_post_is_asked_again_once_its_account_is_back() {
    for reason in [None, Some("internal")] {
        let publishing = Publishing::open().await;
        publishing.set(json!({ "fail_reason": reason })).await;
        let (file, worker) = (publishing.file(1_000).await, publishing.worker().await);
        let post = unknown(&publishing, &worker, &file).await;
        assert_eq!(publishing.round().await["postsResumed"], 0);
        publishing.stage.connect().await;
        assert_eq!(publishing.round().await["postsResumed"], 1);
        // Trouble doesn't count as an answer.
        publishing.tiktok().fault(STATUS, 4, &json!({ "status": 503 })).await.unwrap();
        assert!(tell(&worker, post).await);
        assert_eq!(publishing.row(post).await.status, "OUTCOME_UNKNOWN");
        publishing.tiktok().forget_faults().await.unwrap();
        publishing.age(post, 5).await;
        publishing.drive(&worker, post).await;
        match reason {
            None => is_out(&publishing, post, &file).await,
            // Its person has long looked after it, and is asked before it's posted again.
            Some(code) => end(&publishing, post, "FAILED", code).await,
        }
        assert_eq!(publishing.made(post).await.len(), 1);
    }
}

#[tokio::test]
async fn what_stays_unknown_is_asked_once_for_each_time_that_its_account_comes_back() {
    let publishing = Publishing::open().await;
    publishing.set(json!({ "processing_s": null })).await;
    let (file, worker) = (publishing.file(1_000).await, publishing.worker().await);
    let post = unknown(&publishing, &worker, &file).await;
    for fault in [None, Some(json!({ "refuse": "invalid_publish_id" }))] {
        publishing.stage.connect().await;
        let asked = publishing.tiktok().calls_to(STATUS).await.unwrap();
        if let Some(fault) = fault {
            publishing.tiktok().fault(STATUS, 1, &fault).await.unwrap();
        }
        publishing.drive(&worker, post).await;
        assert_eq!(publishing.tiktok().calls_to(STATUS).await.unwrap(), asked + 1);
        end(&publishing, post, "OUTCOME_UNKNOWN", "outcome_unknown").await;
    }
    for set in ["status_at = now() - INTERVAL '31 days'", "publish_id = NULL"] {
        publishing.tables().run(&format!("UPDATE tiktok_posts SET {set}")).await;
        publishing.stage.connect().await;
        assert_eq!(publishing.round().await["postsResumed"], 0, "{set}");
        publishing.tables().run("UPDATE tiktok_posts SET status_at = now()").await;
    }
}
