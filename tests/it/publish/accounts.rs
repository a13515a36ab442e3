//! The account behind a post: its token ends on the way, or the account itself.

use serde_json::json;

use super::{
    Publishing, end, is_out,
    stage::{TWO_CHUNKS, tell},
};
use crate::support::eventually;

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
