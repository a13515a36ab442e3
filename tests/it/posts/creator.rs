//! What TikTok says of the creator at this moment, and what is wrong with what the post says.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::Studio;

#[tokio::test]
async fn a_banned_creator_may_not_post() {
    let studio = Studio::open().await;
    studio.settings(json!({ "banned_people": ["example_shop"] })).await;
    studio.refuses(&[], "spam_risk_user_banned_from_posting", "accountId").await;
}

#[tokio::test]
async fn a_level_that_tiktok_does_not_offer_is_refused() {
    let studio = Studio::open().await;
    studio.settings(json!({ "privacy_level_options": ["SELF_ONLY"] })).await;
    studio.refuses(&[], "privacy_level_option_mismatch", "postInfo.privacy_level").await;
    let level = ("postInfo.privacy_level", json!("EVERYBODY"));
    studio.refuses(&[level], "privacy_level_option_mismatch", "postInfo.privacy_level").await;
}

#[tokio::test]
async fn what_the_creator_does_not_allow_must_be_off() {
    let studio = Studio::open().await;
    for (setting, field) in [
        ("comment_disabled", "postInfo.disable_comment"),
        ("duet_disabled", "postInfo.disable_duet"),
        ("stitch_disabled", "postInfo.disable_stitch"),
    ] {
        studio.settings(json!({ setting: true })).await;
        studio.refuses(&[], "interaction_disabled", field).await;
        assert_eq!(studio.problems(&studio.body(&[(field, json!(true))])).await, []);
        studio.settings(json!({ setting: false })).await;
    }
}

#[tokio::test]
async fn branded_content_is_not_for_oneself() {
    let studio = Studio::open().await;
    let (brand, level) =
        (("postInfo.brand_content_toggle", json!(true)), ("postInfo.privacy_level", json!("SELF_ONLY")));
    studio.refuses(&[brand, level], "branded_content_private", "postInfo.privacy_level").await;
}

#[tokio::test]
async fn a_caption_has_at_most_2200_units_of_utf_16() {
    let studio = Studio::open().await;
    studio.refuses(&[("postInfo.title", json!("🏃".repeat(1_101)))], "caption_too_long", "postInfo.title").await;
    assert_eq!(studio.problems(&studio.body(&[("postInfo.title", json!("🏃".repeat(1_100)))])).await, []);
}

#[tokio::test]
async fn a_post_is_for_the_next_thirty_days() {
    let studio = Studio::open().await;
    for days in [-1, 31] {
        let time = (OffsetDateTime::now_utc() + Duration::days(days)).format(&Rfc3339).unwrap();
        studio.refuses(&[("publishAt", json!(time))], "publish_at_out_of_range", "publishAt").await;
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let studio = Studio::open().await;
    studio.settings(json!({ "comment_disabled": true, "max_video_post_duration_sec": 10 })).await;
    let title = ("postInfo.title", json!("x".repeat(2_201)));
    let cover = ("postInfo.video_cover_timestamp_ms", json!(12_501));
    let problems = studio.problems(&studio.body(&[title, cover, ("publishAt", json!("2020-01-01T00:00:00Z"))])).await;
    let codes: Vec<_> = problems.iter().map(|(code, _)| code.as_str()).collect();
    let expected = [
        "caption_too_long",
        "interaction_disabled",
        "publish_at_out_of_range",
        "duration_check_failed",
        "thumb_offset_out_of_range",
    ];
    assert_eq!(codes, expected);
}

#[tokio::test]
async fn while_tiktok_can_not_be_asked_nothing_is_taken_on() {
    let studio = Studio::open().await;
    for (fault, status, code) in [
        (json!({ "status": 503 }), 503, "platform_unavailable"),
        (json!({ "garbage": true }), 503, "platform_unavailable"),
        (json!({ "lose_answer": true }), 503, "platform_unavailable"),
        (json!({ "refuse": "internal_error" }), 503, "platform_unavailable"),
        (json!({ "rate_limited": true }), 429, "rate_limit_exceeded"),
    ] {
        // What only reads is asked twice.
        studio.fault(2, fault.clone()).await;
        let answer = studio.post_as("one-key", &studio.body(&[])).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{fault}");
        assert_eq!(answer.json()["error"]["retryable"], true);
        assert_eq!(answer.header("retry-after"), (status == 429).then_some("60"));
        studio.stage.tiktok.forget_faults().await.unwrap();
    }
    assert_eq!((studio.written().await, studio.messages().await), (0, Vec::new()));
    let taken = studio.post_as("one-key", &studio.body(&[])).await;
    assert_eq!(taken.status, 202, "the key is free: {taken:?}");
    assert_eq!(taken.json()["status"], Value::from("QUEUED"));
}
