//! What the worker leans on is away: its message comes back, and nothing is lost or done twice.

use super::{Publishing, is_out, stage::tell};
use crate::support::{FunctionSandbox, Refusing};

#[tokio::test]
async fn where_the_tables_refuse_a_step_the_message_comes_back() {
    for (step, begun) in [
        ("NEW.intent = 'init'", 1),
        // TikTok has answered, and the answer is lost: it may be asked for another upload, since no byte went out.
        ("NEW.publish_id IS NOT NULL", 2),
        ("NEW.intent = 'last_chunk'", 1),
        ("NEW.uploaded_at IS NOT NULL", 1),
    ] {
        let publishing = Publishing::open().await;
        let file = publishing.file(1_000).await;
        let (post, worker) = (publishing.post(&file).await, publishing.worker().await);
        let refusing = Refusing::rows(publishing.tables(), "tiktok_posts", step, "42501").await;
        assert!(!tell(&worker, post).await, "{step}");
        refusing.end(publishing.tables()).await;
        // It was given back at once.
        publishing.drive(&worker, post).await;
        is_out(&publishing, post, &file).await;
        assert_eq!(publishing.made(post).await.len(), begun, "{step}");
    }
}

#[tokio::test]
async fn a_queue_that_is_away_loses_no_progress() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    let post = publishing.post(&file).await;
    let nowhere = format!("{}-not", publishing.queue);
    let settings = publishing.settings().into_iter().chain([("PUBLISH_QUEUE_URL", nowhere.as_str())]);
    let worker = FunctionSandbox::start(&publishing.stage.world, "publish-worker", settings).await;
    assert!(!tell(&worker, post).await);
    assert_eq!(publishing.row(post).await.confirmed, 1_000);
    publishing.age(post, 5).await;
    assert_eq!(publishing.round().await["postsResumed"], 1);
    publishing.drive(&publishing.worker().await, post).await;
    is_out(&publishing, post, &file).await;
}
