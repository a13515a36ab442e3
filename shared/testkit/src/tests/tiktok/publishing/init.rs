use serde_json::{Value, json};

use super::{INIT, SIZE, Studio, init};
use crate::tests::{answer, http};

async fn studio() -> Studio {
    let studio = Studio::open().await;
    studio.settings(&json!({ "enforces_rate_limits": false })).await;
    studio
}

fn post(name: &str, value: &Value) -> Value {
    init(&json!({ "post_info": { name: value } }))
}

fn source(size: u64, chunk_size: u64, count: u64) -> Value {
    init(&json!({ "source_info": { "video_size": size, "chunk_size": chunk_size, "total_chunk_count": count } }))
}

#[tokio::test]
async fn every_member_is_checked() {
    let studio = studio().await;
    for wrong in [
        post("privacy_level", &json!(null)),
        post("privacy_level", &json!("EVERYBODY")),
        post("title", &json!("😀".repeat(1_101))),
        post("disable_duet", &json!("yes")),
        post("video_cover_timestamp_ms", &json!(1.5)),
        post("allow_comment", &json!(true)),
        init(&json!({ "source_info": { "source": "file_upload" } })),
        init(&json!({ "source_info": { "video_url": "https://x" } })),
        init(&json!({ "source_info": { "video_size": -1 } })),
        json!({ "source_info": init(&json!({}))["source_info"] }),
        json!({}),
    ] {
        assert_eq!(studio.code(INIT, &wrong).await, (400, "invalid_params".to_owned()), "{wrong}");
    }
    let mismatch = (403, "privacy_level_option_mismatch".to_owned());
    assert_eq!(studio.code(INIT, &post("privacy_level", &json!("FOLLOWER_OF_CREATOR"))).await, mismatch);
    assert!(studio.world.remote.posts().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_may_be_left_out_may_be_left_out() {
    let studio = studio().await;
    let body = json!({ "post_info": { "privacy_level": "SELF_ONLY" }, "source_info": init(&json!({}))["source_info"] });
    assert_eq!(studio.call(INIT, &body).await.0, 200);
    assert_eq!(studio.call(INIT, &post("title", &json!("😀".repeat(1_100)))).await.0, 200);
}

#[tokio::test]
async fn a_wrong_plan_is_refused_by_what_is_wrong_with_it() {
    let studio = studio().await;
    for (size, chunk_size, count, message) in [
        (66_000_000, 64_000_000, 1, "The chunk size is invalid"),
        (15_000_000, 10_000_000, 1, "The chunk size is invalid"),
        (50_000_123, 10_000_000, 6, "The total chunk count is invalid"),
    ] {
        let (status, body) = studio.call(INIT, &source(size, chunk_size, count)).await;
        assert_eq!((status, &body["error"]["message"]), (400, &json!(message)));
    }
    studio.settings(&json!({ "refused_chunk_sizes": [10_000_000] })).await;
    assert_eq!(studio.call(INIT, &source(50_000_123, 10_000_000, 5)).await.0, 400);
    assert_eq!(studio.call(INIT, &source(50_000_123, 50_000_123, 1)).await.0, 200);
}

#[tokio::test]
async fn only_json_is_understood() {
    let studio = studio().await;
    let address = format!("{}{INIT}", studio.world.simulator.url());
    let request = http().post(address).bearer_auth(&studio.token).body(init(&json!({})).to_string());
    let (status, body) = answer(request).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("invalid_params")));
}

#[tokio::test]
async fn an_address_is_a_secret_that_lives_an_hour() {
    let studio = studio().await;
    let begun = studio.begin(&json!({})).await;
    let alive = async || {
        let issued = studio.world.remote.issued().await.unwrap();
        issued.iter().find(|secret| secret.kind == "upload_url" && secret.value == begun.upload_url).unwrap().alive
    };
    assert!(alive().await);
    studio.world.remote.advance(3_600).await.unwrap();
    assert!(!alive().await);
}

#[tokio::test]
async fn a_lost_answer_leaves_a_post_without_bytes() {
    let studio = studio().await;
    studio.world.remote.fault(INIT, 1, &json!({ "lose_answer": true })).await.unwrap();
    let address = format!("{}{INIT}", studio.world.simulator.url());
    let lost = http().post(address).bearer_auth(&studio.token).json(&init(&json!({}))).send().await;
    assert!(lost.is_err());
    let posts = studio.world.remote.posts().await.unwrap();
    let [post] = posts.as_slice() else { panic!("{posts:?}") };
    assert_eq!((&post["bytes"], &post["status"]), (&json!(0), &json!("PROCESSING_UPLOAD")));
    assert_eq!(post["video_size"], SIZE);
}
