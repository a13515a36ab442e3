use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::{Begun, STATUS, Studio};
use crate::tests::callback::Callback;

impl Studio {
    /// With a callback, and posts that move only by hand.
    async fn by_hand() -> (Self, Callback) {
        let (studio, callback) = (Self::open().await, Callback::start(&[]).await);
        studio.world.remote.set_callback(callback.url()).await.unwrap();
        studio.settings(&json!({ "processing_s": null, "moderation_s": null })).await;
        (studio, callback)
    }

    async fn move_to(&self, publish_id: &str, to: &Value) {
        let answers = self.world.remote.move_post(publish_id, to).await.unwrap();
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
}

/// Event and content.
fn read((_, body): (HeaderMap, String)) -> (String, Value) {
    let event: Value = serde_json::from_str(&body).unwrap();
    let content = serde_json::from_str(event["content"].as_str().unwrap()).unwrap();
    (event["event"].as_str().unwrap().to_owned(), content)
}

#[tokio::test]
async fn a_post_tells_of_itself_as_time_passes() {
    let (studio, mut callback) = Studio::by_hand().await;
    let Begun { publish_id, .. } = studio.upload(&json!({})).await;
    studio.world.remote.advance(3_600).await.unwrap();
    assert_eq!(studio.status(&publish_id).await["status"], "PROCESSING_UPLOAD");
    studio.settings(&json!({ "processing_s": 0 })).await;
    studio.world.remote.advance(0).await.unwrap();
    let content = json!({ "publish_id": publish_id, "publish_type": "DIRECT_PUBLISH" });
    assert_eq!(read(callback.next().await), ("post.publish.complete".to_owned(), content));
    studio.settings(&json!({ "moderation_s": 0 })).await;
    studio.world.remote.advance(0).await.unwrap();
    let (event, content) = read(callback.next().await);
    assert_eq!(event, "post.publish.publicly_available");
    let ids = &studio.status(&publish_id).await["publicaly_available_post_id"];
    assert_eq!(content["post_id"].as_str().unwrap(), ids[0].to_string());
}

#[tokio::test]
async fn a_post_moves_without_anybody_looking() {
    let (studio, mut callback) = Studio::by_hand().await;
    studio.settings(&json!({ "processing_s": 0, "moderation_s": 0 })).await;
    studio.upload(&json!({})).await;
    let mut events = [read(callback.next().await).0, read(callback.next().await).0];
    events.sort();
    assert_eq!(events, ["post.publish.complete", "post.publish.publicly_available"]);
}

#[tokio::test]
async fn what_is_not_for_everybody_never_gets_a_public_id() {
    let (studio, _callback) = Studio::by_hand().await;
    studio.settings(&json!({ "processing_s": 0, "moderation_s": 0 })).await;
    let begun = studio.upload(&json!({ "post_info": { "privacy_level": "SELF_ONLY" } })).await;
    studio.world.remote.advance(1_000_000).await.unwrap();
    assert_eq!(studio.world.remote.posts().await.unwrap()[0]["post_ids"], json!([]));
    assert_eq!(studio.world.remote.posts().await.unwrap()[0]["publish_id"], json!(begun.publish_id));
}

#[tokio::test]
async fn a_post_is_moved_by_hand_in_any_direction() {
    let (studio, mut callback) = Studio::by_hand().await;
    let Begun { publish_id, .. } = studio.begin(&json!({})).await;
    for (to, event) in [
        ("complete", "post.publish.complete"),
        ("public", "post.publish.publicly_available"),
        ("no_longer_public", "post.publish.no_longer_publicaly_available"),
    ] {
        studio.move_to(&publish_id, &json!({ "to": to })).await;
        assert_eq!(read(callback.next().await).0, event);
    }
    let failed = json!({ "to": "failed", "reason": "duration_check_failed", "manner": { "deliveries": 2 } });
    studio.move_to(&publish_id, &failed).await;
    for _ in 0..2 {
        let (event, content) = read(callback.next().await);
        assert_eq!((event.as_str(), &content["reason"]), ("post.publish.failed", &json!("duration_check_failed")));
    }
    let status = json!({ "status": "FAILED", "fail_reason": "duration_check_failed" });
    assert_eq!(studio.status(&publish_id).await, status);
    assert!(studio.world.remote.move_post("unknown", &json!({ "to": "public" })).await.is_err());
}

#[tokio::test]
async fn posts_can_fail_by_themselves_and_silently() {
    let (studio, mut callback) = Studio::by_hand().await;
    let settings = json!({ "processing_s": 0, "fail_reason": "frame_rate_check_failed", "webhooks": false });
    studio.settings(&settings).await;
    let begun = studio.upload(&json!({})).await;
    assert_eq!(studio.status(&begun.publish_id).await["fail_reason"], "frame_rate_check_failed");
    assert!(callback.is_quiet());
}

#[tokio::test]
async fn a_post_is_told_only_to_its_own_person() {
    let studio = Studio::open().await;
    let begun = studio.begin(&json!({})).await;
    assert_eq!(studio.code(STATUS, &json!({ "publish_id": "x" })).await, (400, "invalid_publish_id".to_owned()));
    studio.world.remote.add_person(&json!({ "username": "grace" })).await.unwrap();
    let grace = Studio::of(studio.world, "grace").await;
    let refused = (400, "token_not_authorized_for_specified_publish_id".to_owned());
    assert_eq!(grace.code(STATUS, &json!({ "publish_id": begun.publish_id })).await, refused);
}
