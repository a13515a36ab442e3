//! How often TikTok is asked what a creator may do, and how old its answer may be.

use serde_json::{Value, json};

use super::{CREATOR_INFO, Studio, called, sandbox};
use crate::support::{HttpSandbox, RedisLine};

impl Studio {
    /// How often TikTok was asked.
    async fn asked(&self) -> u64 {
        self.stage.tiktok.calls_to(CREATOR_INFO).await.unwrap()
    }

    /// TikTok allows other levels than before, which nobody has been told.
    async fn allow(&self, levels: Value) {
        let changed = json!({ "publishing": { "privacy_level_options": levels } });
        self.stage.tiktok.change_settings(&changed).await.unwrap();
    }

    /// The codes of a dry run in this sandbox.
    async fn dry_run(&self, upload: &HttpSandbox) -> Vec<String> {
        let told = called(upload, self.event(&self.body(&[]), "dryRun=true", None)).await;
        assert_eq!(told.status, 200, "{told:?}");
        super::named(&told.json()["problems"]).into_iter().map(|(code, _)| code).collect()
    }
}

const MISMATCH: &str = "privacy_level_option_mismatch";

#[tokio::test]
async fn a_crowd_of_dry_runs_asks_once() {
    let studio = Studio::open().await;
    let (second, third) = (studio.another().await, studio.another().await);
    studio.fault(1, json!({ "latency_ms": 300 })).await;
    let crowd = tokio::join!(studio.dry_run(&studio.upload), studio.dry_run(&second), studio.dry_run(&third));
    assert_eq!((crowd.0.len(), crowd.1.len(), crowd.2.len(), studio.asked().await), (0, 0, 0, 1));
    for _ in 0..3 {
        assert_eq!((studio.dry_run(&second).await.len(), studio.asked().await), (0, 1));
    }
}

#[tokio::test]
async fn an_upload_asks_anew_and_dry_runs_know_what_it_was_told() {
    let studio = Studio::open().await;
    assert_eq!((studio.dry_run(&studio.upload).await.len(), studio.asked().await), (0, 1));
    studio.allow(json!(["SELF_ONLY"])).await;
    assert_eq!(studio.dry_run(&studio.upload).await.len(), 0, "that was said within the last minute");
    let refused = studio.post(&studio.body(&[])).await;
    assert_eq!((refused.code().as_str(), studio.asked().await), ("validation_failed", 2));
    assert_eq!((studio.dry_run(&studio.upload).await, studio.asked().await), (vec![MISMATCH.to_owned()], 2));
}

#[tokio::test]
async fn what_was_said_before_is_forgotten_with_a_new_login_and_after_a_minute() {
    let studio = Studio::open().await;
    assert_eq!(studio.dry_run(&studio.upload).await.len(), 0);
    let sql =
        "SELECT 'creator:' || id || ':' || (extract(epoch FROM granted_at) * 1000000)::bigint FROM oauth_accounts";
    let key: String = studio.stage.world.tables.rows(sql, &[]).await[0].get(0);
    let redis = redis::Client::open(studio.stage.world.stack.redis_url.as_str()).unwrap();
    let mut redis = redis.get_multiplexed_async_connection().await.unwrap();
    let left: i64 = redis::cmd("PTTL").arg(key).query_async(&mut redis).await.unwrap();
    assert!((1..=60_000).contains(&left), "{left} ms");

    studio.allow(json!(["SELF_ONLY"])).await;
    studio.stage.connect().await;
    assert_eq!((studio.dry_run(&studio.upload).await, studio.asked().await), (vec![MISMATCH.to_owned()], 2));
}

#[tokio::test]
async fn while_tiktok_can_not_be_asked_nobody_waits_for_one_after_the_other() {
    let studio = Studio::open().await;
    let (second, third) = (studio.another().await, studio.another().await);
    studio.fault(100, json!({ "status": 503 })).await;
    let dry_run = async |upload| called(upload, studio.event(&studio.body(&[]), "dryRun=true", None)).await;
    let crowd = tokio::join!(dry_run(&studio.upload), dry_run(&second), dry_run(&third));
    for told in [crowd.0, crowd.1, crowd.2] {
        assert_eq!((told.status, told.code().as_str()), (503, "platform_unavailable"), "{told:?}");
    }
    assert!(studio.asked().await <= 4, "two of them ask, each twice at most");
}

#[tokio::test]
async fn a_refusal_is_shared_as_well() {
    let studio = Studio::open().await;
    studio.settings(json!({ "banned_people": ["example_shop"] })).await;
    for _ in 0..2 {
        assert_eq!(studio.dry_run(&studio.upload).await, ["spam_risk_user_banned_from_posting"]);
    }
    assert_eq!(studio.asked().await, 1);
}

#[tokio::test]
async fn without_redis_each_dry_run_asks_and_posts_are_taken_on() {
    let mut studio = Studio::open().await;
    let line = RedisLine::to(&studio.stage.world.stack.redis_url).await;
    studio.upload = sandbox(&studio.stage, &studio.queue, &line.url()).await;
    assert_eq!((studio.dry_run(&studio.upload).await.len(), studio.asked().await), (0, 1));
    let _cut = line.cut().await;
    for asked in [2, 3] {
        assert_eq!((studio.dry_run(&studio.upload).await.len(), studio.asked().await), (0, asked));
    }
    assert_eq!((studio.post(&studio.body(&[])).await.status, studio.asked().await), (202, 4));
}
