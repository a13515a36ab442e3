//! Deliveries and handshakes: what is taken, what is turned away, and that a taken one becomes its rows.

use reqwest::Method;
use serde_json::json;
use testkit::RemoteError;

use crate::support::{Answer, World, eventually, unique};

#[tokio::test]
async fn a_tiktok_delivery_moves_its_post_once_however_often_it_comes() {
    let world = World::open().await;
    let (open_id, publish_id) = (format!("-000{}", unique()), format!("v_pub_file~v2-1.{}", unique()));
    let user = world.tables.user().await;
    let account = world.tables.tiktok_account(user, &open_id).await;
    let post = world.tables.tiktok_post(user, account, &publish_id).await;

    let answers = world
        .platforms
        .tiktok_event(json!({
            "event": "post.publish.complete", "user_openid": open_id, "manner": { "deliveries": 3 },
            "content": { "publish_id": publish_id, "publish_type": "DIRECT_PUBLISH" },
        }))
        .await;

    assert_eq!(answers, [200, 200, 200]);
    let sql = "SELECT status FROM tiktok_posts WHERE id = $1 AND status = 'PUBLISH_COMPLETE'";
    eventually("the post is complete", async || world.tables.rows(sql, &[&post]).await.pop()).await;
    world.webhooks_processed().await;
    let events = "SELECT applied_at IS NOT NULL FROM webhook_events WHERE provider = 'tiktok' AND subject_id = $1";
    let events: Vec<bool> = world.tables.rows(events, &[&open_id]).await.iter().map(|row| row.get(0)).collect();
    assert_eq!(events, [true]);
    let timeline = "SELECT event FROM post_events WHERE tiktok_post_id = $1";
    assert_eq!(world.tables.rows(timeline, &[&post]).await.len(), 1);
}

#[tokio::test]
async fn an_instagram_comment_becomes_a_row_with_its_text_intact() {
    let world = World::open().await;
    let (ig_id, media_id, comment_id) = (unique(), unique(), unique());
    let user = world.tables.user().await;
    let (_, account) = world.tables.instagram_account(user, &ig_id).await;
    let media = world.tables.instagram_media(account, &media_id).await;
    let text = "café 😀 a/b \"quoted\" \\ back";

    let comment = json!({ "field": "comments", "value": {
        "id": comment_id, "text": text, "from": { "id": "990000000000001", "username": "ada" },
        "media": { "id": media_id, "media_product_type": "FEED" },
    }});
    let answers = world.platforms.instagram_event(json!([{ "id": ig_id, "changes": [comment] }]), 2).await;

    assert_eq!(answers, [200, 200]);
    let sql = "SELECT text, from_user, ig_media_id FROM ig_comments WHERE ig_id = $1";
    let row = eventually("the comment is there", async || world.tables.rows(sql, &[&comment_id]).await.pop()).await;
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1), row.get::<_, i32>(2)), (text, "ada", media));
    world.webhooks_processed().await;
    let events = "SELECT correlation_id FROM webhook_events WHERE provider = 'instagram' AND subject_id = $1";
    let events = world.tables.rows(events, &[&ig_id]).await;
    assert_eq!(events.len(), 1);
    assert!(events[0].get::<_, Option<&str>>(0).is_some(), "the correlation id travels to the row");
}

#[tokio::test]
async fn redeliveries_at_once_and_days_late_change_nothing_and_later_ones_are_refused() {
    let world = World::open().await;
    let subject = unique();
    let deliver = async |manner: serde_json::Value| {
        let event =
            json!({ "event": "test.late", "user_openid": subject, "content": {}, "create_time": 1, "manner": manner });
        world.platforms.tiktok_event(event).await
    };
    assert_eq!(deliver(json!({ "deliveries": 5, "at_once": true })).await, [200; 5]);
    assert_eq!(deliver(json!({ "seconds_late": 72 * 3600 })).await, [200]);
    assert_eq!(deliver(json!({ "seconds_late": 74 * 3600 })).await, [401]);
    world.webhooks_processed().await;
    let sql = "SELECT 1 FROM webhook_events WHERE subject_id = $1";
    assert_eq!(world.tables.rows(sql, &[&subject]).await.len(), 1);
}

#[tokio::test]
async fn a_forged_delivery_is_turned_away() {
    let world = World::open().await;
    let forged = [
        ("tiktok", "tiktok-signature", ""),
        ("tiktok", "tiktok-signature", "t=1,s=00"),
        ("tiktok", "x-hub-signature-256", "sha256=796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2"),
        ("instagram", "x-hub-signature-256", ""),
        ("instagram", "x-hub-signature-256", "sha256=796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2"),
    ];
    for (platform, header, signature) in forged {
        let request = world.api.request(Method::POST, &format!("/api/webhooks/{platform}"));
        let answer = Answer::of(request.header(header, signature).body(r#"{"event":"x"}"#)).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "invalid_signature"), "{platform} {signature}");
    }
}

#[tokio::test]
async fn a_handshake_with_another_word_is_refused() {
    let world = World::open().await;
    let refused = world.platforms.subscribe("not our word").await;
    assert!(matches!(refused, Err(RemoteError::Refused { status: 400, .. })), "{refused:?}");
    let answer = world.api.get("/api/webhooks/instagram?hub.mode=subscribe&hub.challenge=1", None).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "invalid_verify_token"));
}

#[tokio::test]
async fn an_unknown_platform_is_not_found() {
    let world = World::open().await;
    for method in [Method::GET, Method::POST] {
        let answer = Answer::of(world.api.request(method, "/api/webhooks/myspace").body("{}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "unknown_platform"));
    }
}
