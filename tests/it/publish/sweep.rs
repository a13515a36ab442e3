//! The minute's round: posts whose time has come, and those that nobody was told of.

use serde_json::json;
use shared::{domain::Platform, queue::publish::PublishJob};

use tokio::time::Instant;

use super::Publishing;
use crate::support::{AwsLine, FunctionSandbox};

/// The posts that workers are told of.
async fn told(publishing: &Publishing) -> Vec<i32> {
    let bodies = publishing.stage.world.aws.bodies(&publishing.queue).await;
    let jobs = bodies.iter().map(|body| PublishJob::parse(body).unwrap());
    let mut posts: Vec<_> = jobs
        .map(|job| {
            assert_eq!((job.platform, job.correlation_id.unwrap().as_str()), (Platform::TikTok, "JKJaXmPLvHcESHA="));
            job.post_id.0
        })
        .collect();
    posts.sort_unstable();
    posts
}

#[tokio::test]
async fn a_round_tells_of_exactly_what_is_due() {
    let publishing = Publishing::open().await;
    let file = publishing.file(10).await;
    let mut due = Vec::new();
    for (is_due, set) in [
        (true, "next_attempt_at = now()"),
        (true, "status = 'SCHEDULED', publish_at = now(), next_attempt_at = now()"),
        (true, "status = 'SCHEDULED', publish_at = now(), next_attempt_at = NULL"),
        (true, "status = 'HELD', next_attempt_at = now()"),
        (true, "status = 'PROCESSING_UPLOAD', lease_until = now() - INTERVAL '5 seconds', next_attempt_at = now()"),
        (true, "status = 'PUBLISH_COMPLETE', next_attempt_at = now()"),
        (false, "next_attempt_at = now() + INTERVAL '1 minute'"),
        (false, "status = 'SCHEDULED', publish_at = now() + INTERVAL '1 hour', next_attempt_at = now()"),
        (false, "status = 'HELD', next_attempt_at = now() + INTERVAL '1 hour'"),
        (false, "lease_until = now() + INTERVAL '1 minute', next_attempt_at = now()"),
        (false, "status = 'FAILED', next_attempt_at = NULL"),
    ] {
        let post = publishing.post(&file).await;
        publishing.tables().rows(&format!("UPDATE tiktok_posts SET {set} WHERE id = $1"), &[&post]).await;
        if is_due {
            due.push(post);
        }
    }
    let round = publishing.round().await;
    assert_eq!((&round["postsStarted"], &round["postsResumed"]), (&json!(3), &json!(3)), "{round}");
    assert_eq!(told(&publishing).await, due);
    for post in &due[1..4] {
        assert_eq!(publishing.row(*post).await.status, "QUEUED");
        assert_eq!(publishing.timeline(*post).await, ["QUEUED"]);
    }
    let again = publishing.round().await;
    assert_eq!((&again["postsStarted"], &again["postsResumed"]), (&json!(0), &json!(0)), "a slow queue isn't flooded");
}

#[tokio::test]
async fn rounds_at_once_tell_of_each_post_once() {
    let publishing = Publishing::open().await;
    let file = publishing.file(10).await;
    let mut posts = Vec::new();
    for _ in 0..150 {
        posts.push(publishing.post(&file).await);
    }
    publishing.tables().run("UPDATE tiktok_posts SET next_attempt_at = now()").await;
    let (one, two) = tokio::join!(publishing.round(), publishing.round());
    assert_eq!(one["postsResumed"].as_u64().unwrap() + two["postsResumed"].as_u64().unwrap(), 150, "{one} {two}");
    assert_eq!(told(&publishing).await, posts);
}

#[tokio::test]
async fn a_queue_that_is_away_costs_the_round_nothing_else_and_no_post() {
    let publishing = Publishing::open().await;
    let file = publishing.file(10).await;
    let post = publishing.post(&file).await;
    publishing.tables().run("UPDATE tiktok_posts SET next_attempt_at = now()").await;
    let login = "INSERT INTO oauth_states (state_hash, cookie_hash, user_id, provider, scope, return_to, expires_at)
                 VALUES (sha256('state'), sha256('cookie'), $1, 'tiktok', '', '/', now() - interval '2 days')";
    publishing.tables().rows(login, &[&publishing.stage.user]).await;
    let nowhere = format!("{}-not", publishing.queue);
    let mut settings = publishing.settings();
    settings.push(("PUBLISH_QUEUE_URL", &nowhere));
    let updater = FunctionSandbox::start(&publishing.stage.world, "status-updater", settings).await;
    let failure = updater.try_invoke(json!({})).await.unwrap_err();
    assert!(failure.to_string().contains("SQS"), "{failure}");
    assert!(publishing.tables().rows("SELECT 1 FROM oauth_states WHERE return_to = '/'", &[]).await.is_empty());

    assert_eq!(publishing.round().await["postsResumed"], 1);
    assert_eq!(told(&publishing).await, [post]);
}

#[tokio::test]
async fn what_a_round_has_no_time_for_is_told_in_the_next_one() {
    let publishing = Publishing::open().await;
    let file = publishing.file(1_000).await;
    for _ in 0..3 {
        publishing.post(&file).await;
    }
    publishing.tables().run("UPDATE tiktok_posts SET next_attempt_at = now(), due_at = now()").await;
    let queue = publishing.stage.world.aws.queue(&publishing.queue);
    for resumed in [1, 1, 1, 0] {
        let swept = shared::services::publish::sweep(&publishing.database().await, &queue, Instant::now()).await;
        assert_eq!(swept.unwrap().resumed, resumed);
    }
    assert_eq!(told(&publishing).await.len(), 3);
}

#[tokio::test]
async fn the_part_of_a_round_that_the_queue_refuses_is_sent_in_the_next_one() {
    let publishing = Publishing::open().await;
    let file = publishing.file(10).await;
    let mut posts = Vec::new();
    for set in [
        "next_attempt_at = now() - INTERVAL '3 minutes'",
        "next_attempt_at = now() - INTERVAL '2 minutes'",
        "status = 'SCHEDULED', publish_at = now(), next_attempt_at = now() - INTERVAL '1 minute'",
        "status = 'HELD', next_attempt_at = now()",
    ] {
        let post = publishing.post(&file).await;
        publishing.tables().rows(&format!("UPDATE tiktok_posts SET {set} WHERE id = $1"), &[&post]).await;
        posts.push(post);
    }
    let line = AwsLine::before(&publishing.stage.world.stack.aws_endpoint_url).await;
    line.refuse_after(1, "SendMessage");
    let settings = publishing.settings().into_iter().chain([("AWS_ENDPOINT_URL", line.url())]);
    let updater = FunctionSandbox::start(&publishing.stage.world, "status-updater", settings).await;
    updater.try_invoke(json!({})).await.unwrap_err();
    let first = told(&publishing).await;
    assert_eq!(first.len(), 1, "{first:?}");

    line.heal();
    let round = updater.invoke(json!({})).await;
    assert_eq!((&round["postsStarted"], &round["postsResumed"]), (&json!(0), &json!(3)), "{round}");
    let left: Vec<_> = posts.iter().copied().filter(|post| !first.contains(post)).collect();
    assert_eq!(told(&publishing).await, left);
    for post in &posts[2..] {
        assert_eq!(publishing.timeline(*post).await, ["QUEUED"], "it was started once");
    }
}
