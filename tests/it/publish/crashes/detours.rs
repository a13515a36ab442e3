//! Killed at every moment of a detour: an upload that is begun anew, a quota that is waited for, a token that is renewed.

use serde_json::json;

use super::{
    super::{
        Publishing, is_out,
        stage::{File, tell},
    },
    Killed, is_beyond, killed,
};
use crate::support::{Doom, FunctionSandbox};

/// Has a worker die after each call that it makes for such a post, and others end what it has begun. Before the next call is
/// the same moment to everybody else.
async fn everywhere(
    publishing: &Publishing,
    file: &File,
    post: impl AsyncFn() -> i32,
    meanwhile: impl AsyncFn(i32),
    detour: &str,
) {
    let detoured = async |doom| {
        let post = post().await;
        let Killed { calls, was_struck, next, _lines } = killed(publishing, post, doom, 1).await;
        assert!(was_struck || is_beyond(doom, calls), "{doom:?} was missed among {calls} calls");
        meanwhile(post).await;
        publishing.drive(&next, post).await;
        is_out(publishing, post, file).await;
        (post, calls)
    };
    let (spared, calls) = detoured(Doom::Spared).await;
    assert!(calls > 10, "{calls} calls are too few to be all of them");
    assert!(publishing.timeline(spared).await.contains(&detour.to_owned()));
    for call in 1..=calls {
        detoured(Doom::After(call)).await;
    }
}

#[tokio::test]
async fn wherever_a_worker_dies_while_it_begins_an_upload_anew_there_is_one_post_in_the_end() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let expired = async || {
        let post = publishing.post(&file).await;
        let sql = "UPDATE tiktok_posts
                      SET status = 'PROCESSING_UPLOAD', publish_id = 'given up ' || id, uploads = 1, chunk_size = 1000,
                          chunk_count = 1, upload_url_expires_at = now()
                    WHERE id = $1";
        publishing.tables().rows(sql, &[&post]).await;
        post
    };
    everywhere(&publishing, &file, expired, async |_| (), "started_over upload_expired").await;
}

#[tokio::test]
async fn wherever_a_worker_dies_while_a_quota_stops_it_there_is_one_post_once_that_has_passed() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let updater = FunctionSandbox::start(&publishing.stage.world, "status-updater", publishing.settings()).await;
    let stopped = async || {
        publishing.set(json!({ "posts_per_day": 0 })).await;
        publishing.post(&file).await
    };
    let a_day_later = async |post| {
        publishing.set(json!({ "posts_per_day": 10_000 })).await;
        publishing.age(post, 24 * 60).await;
        let round = updater.invoke(json!({})).await;
        let told = round["postsStarted"].as_u64().unwrap() + round["postsResumed"].as_u64().unwrap();
        assert_eq!(told, 1, "{round}");
    };
    everywhere(&publishing, &file, stopped, a_day_later, "HELD spam_risk_too_many_posts").await;
}

#[tokio::test]
async fn wherever_a_worker_dies_while_it_renews_a_token_there_is_one_post_in_the_end() {
    const UPLOAD: &str = "/upload";
    let publishing = Publishing::open().await;
    publishing.tiktok().change_settings(&json!({ "rotation_grace_s": 86_400 })).await.unwrap();
    let (file, worker) = (publishing.file(1_000).await, publishing.worker().await);
    let renewals = async || publishing.tiktok().calls_to("/v2/oauth/token/").await.unwrap();
    let before = renewals().await;
    let on_its_way = async || {
        let post = publishing.post(&file).await;
        publishing.tiktok().fault(UPLOAD, 1, &json!({ "status": 503 })).await.unwrap();
        assert!(tell(&worker, post).await);
        publishing.age(post, 5).await;
        publishing.tables().run("UPDATE oauth_accounts SET expires_at = now() - INTERVAL '1 minute'").await;
        post
    };
    let lease_ends = async |_| publishing.tables().run("UPDATE oauth_accounts SET lease_until = NULL").await;
    everywhere(&publishing, &file, on_its_way, lease_ends, "postponed platform_internal_error").await;
    assert!(renewals().await > before);
}
