use serde_json::json;

use super::{CREATOR_INFO, INIT, Studio, init};
use crate::{Consent, tests::query};

#[tokio::test]
async fn a_creator_is_offered_what_the_account_and_the_settings_allow() {
    let studio = Studio::open().await;
    let (status, body) = studio.call(CREATOR_INFO, &json!({})).await;
    let public = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"];
    assert_eq!((status, &body["data"]["privacy_level_options"]), (200, &json!(public)));
    assert_eq!((&body["data"]["creator_nickname"], &body["data"]["duet_disabled"]), (&json!("Ada"), &json!(false)));
    assert_eq!(body["data"]["max_video_post_duration_sec"], 600);
    studio.settings(&json!({ "comment_disabled": true, "privacy_level_options": ["SELF_ONLY"] })).await;
    let data = &studio.call(CREATOR_INFO, &json!({})).await.1["data"];
    assert_eq!((&data["comment_disabled"], &data["privacy_level_options"]), (&json!(true), &json!(["SELF_ONLY"])));
}

#[tokio::test]
async fn a_private_account_is_offered_followers_and_no_duets() {
    let world = super::World::start().await;
    world.remote.add_person(&json!({ "username": "grace", "private_account": true })).await.unwrap();
    let studio = Studio::of(world, "grace").await;
    let data = &studio.call(CREATOR_INFO, &json!({})).await.1["data"];
    assert_eq!(data["privacy_level_options"][0], "FOLLOWER_OF_CREATOR");
    assert_eq!((&data["duet_disabled"], &data["stitch_disabled"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn who_may_not_post_is_told_by_200_before_and_by_403_at_an_init() {
    for (settings, code) in [
        (json!({ "banned_people": ["ada"] }), "spam_risk_user_banned_from_posting"),
        (json!({ "posts_per_day": 0 }), "spam_risk_too_many_posts"),
        (json!({ "posting_people_per_day": 0 }), "reached_active_user_cap"),
    ] {
        let studio = Studio::open().await;
        studio.settings(&settings).await;
        assert_eq!(studio.code(CREATOR_INFO, &json!({})).await, (200, code.to_owned()));
        assert_eq!(studio.code(INIT, &init(&json!({}))).await, (403, code.to_owned()));
        studio.world.remote.fault(CREATOR_INFO, 1, &json!({ "refuse": code })).await.unwrap();
        assert_eq!(studio.code(CREATOR_INFO, &json!({})).await.0, 200);
    }
}

#[tokio::test]
async fn the_daily_number_counts_what_was_sent_and_passes_after_a_day() {
    let studio = Studio::open().await;
    studio.settings(&json!({ "posts_per_day": 1 })).await;
    studio.begin(&json!({})).await;
    studio.upload(&json!({})).await;
    assert_eq!(studio.code(INIT, &init(&json!({}))).await.1, "spam_risk_too_many_posts");
    studio.world.remote.advance(24 * 3_600).await.unwrap();
    let studio = Studio::of(studio.world, "ada").await;
    studio.begin(&json!({})).await;
}

#[tokio::test]
async fn an_unaudited_app_posts_for_nobody_else_to_private_accounts() {
    let studio = Studio::open().await;
    studio.world.remote.add_person(&json!({ "username": "grace", "private_account": true })).await.unwrap();
    studio.settings(&json!({ "audited": false })).await;
    let private = json!({ "post_info": { "privacy_level": "SELF_ONLY" } });
    let refused = (403, "unaudited_client_can_only_post_to_private_accounts".to_owned());
    assert_eq!(studio.code(INIT, &init(&private)).await, refused);
    let grace = Studio::of(studio.world, "grace").await;
    let public = json!({ "post_info": { "privacy_level": "FOLLOWER_OF_CREATOR" } });
    assert_eq!(grace.code(INIT, &init(&public)).await, refused);
    grace.begin(&private).await;
}

#[tokio::test]
async fn a_token_without_the_scope_or_without_life_is_refused() {
    let world = super::World::start().await;
    let location = world.remote.consent(&world.login(&[]), &Consent::only(&["user.info.profile"])).await.unwrap();
    let (_, token) = world.exchange(&query(&location, "code").unwrap(), &[]).await;
    let studio = Studio { world, token: token["access_token"].as_str().unwrap().to_owned() };
    for path in [CREATOR_INFO, INIT, super::STATUS] {
        assert_eq!(studio.code(path, &json!({})).await, (401, "scope_not_authorized".to_owned()), "{path}");
    }
    let studio = Studio { token: "act.made-up".to_owned(), ..studio };
    assert_eq!(studio.code(CREATOR_INFO, &json!({})).await, (401, "access_token_invalid".to_owned()));
}

#[tokio::test]
async fn a_token_may_call_so_often_within_a_minute() {
    let studio = Studio::open().await;
    for (path, times) in [(CREATOR_INFO, 20), (INIT, 6), (super::STATUS, 30)] {
        for _ in 0..times {
            assert_ne!(studio.call(path, &json!({})).await.0, 429);
        }
        assert_eq!(studio.code(path, &json!({})).await, (429, "rate_limit_exceeded".to_owned()));
    }
    studio.world.remote.advance(60).await.unwrap();
    assert_eq!(studio.call(CREATOR_INFO, &json!({})).await.0, 200);
    studio.settings(&json!({ "enforces_rate_limits": false })).await;
    for _ in 0..8 {
        studio.begin(&json!({})).await;
    }
}
