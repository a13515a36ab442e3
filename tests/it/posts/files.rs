//! Files that can't be posted.

use serde_json::json;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Studio, stored};

impl Studio {
    /// Has the file looked at, and then says something else of it.
    async fn facts(&self, path: &str, value: &str) {
        assert_eq!(self.problems(&self.body(&[])).await, []);
        let sql = format!("UPDATE media_uploads SET metadata = jsonb_set(metadata, '{path}', '{value}') WHERE id = $1");
        self.stage.world.tables.rows(&sql, &[&self.media]).await;
    }

    /// Changes the file's row.
    async fn set_media(&self, change: &str) {
        let sql = format!("UPDATE media_uploads SET {change} WHERE id = $1");
        self.stage.world.tables.rows(&sql, &[&self.media]).await;
    }
}

#[tokio::test]
async fn a_video_that_tiktok_would_not_take_is_refused_before_anything_is_sent() {
    let mut studio = Studio::open().await;
    for (path, value, code) in [
        ("{facts,video,duration}", r#"{"secs":601,"nanos":0}"#, "duration_check_failed"),
        ("{facts,video,video,codec}", r#"{"Other":"av01"}"#, "file_format_check_failed"),
        ("{facts,video,video}", "null", "file_format_check_failed"),
        ("{facts,video,video,frameRate}", "120", "frame_rate_check_failed"),
        ("{facts,video,video,width}", "200", "picture_size_check_failed"),
        ("{facts,video,video,height}", "5000", "picture_size_check_failed"),
    ] {
        studio.facts(path, value).await;
        studio.refuses(&[], code, "mediaId").await;
        studio.media = stored(&studio.stage, studio.stage.user).await;
    }
    studio.set_media("content_type = 'image/jpeg'").await;
    studio.refuses(&[], "media_type_unsupported", "mediaId").await;
}

#[tokio::test]
async fn a_cover_lies_within_the_video() {
    let studio = Studio::open().await;
    for milliseconds in [-1, 12_500] {
        let cover = ("postInfo.video_cover_timestamp_ms", json!(milliseconds));
        studio.refuses(&[cover], "thumb_offset_out_of_range", "postInfo.video_cover_timestamp_ms").await;
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_or_not_as_promised_is_no_problem_of_anything_else() {
    let mut studio = Studio::open().await;
    studio.set_media("object_key = object_key || '-elsewhere'").await;
    studio.refuses(&[], "media_not_ready", "mediaId").await;
    studio.media = stored(&studio.stage, studio.stage.user).await;
    studio.set_media("size = size + 1").await;
    studio.refuses(&[], "media_differs", "mediaId").await;
    studio.media = stored(&studio.stage, studio.stage.user).await;
    studio.set_media("delete_after = now()").await;
    studio.refuses(&[], "media_expired", "mediaId").await;
}

#[tokio::test]
async fn a_file_is_never_promised_to_a_post_for_longer_than_the_bucket_keeps_it() {
    let studio = Studio::open().await;
    studio.set_media("created_at = now() - INTERVAL '79 days'").await;
    assert_eq!(studio.problems(&studio.body(&[])).await, []);
    let time = (OffsetDateTime::now_utc() + Duration::days(2)).format(&Rfc3339).unwrap();
    studio.refuses(&[("publishAt", json!(time))], "media_expired", "mediaId").await;
    studio.set_media("created_at = now() - INTERVAL '81 days'").await;
    studio.refuses(&[], "media_expired", "mediaId").await;
}

#[tokio::test]
async fn a_file_that_has_not_arrived_is_worth_another_try_unless_more_is_wrong() {
    let studio = Studio::open().await;
    studio.set_media("object_key = object_key || '-elsewhere'").await;
    let refused = studio.post(&studio.body(&[])).await;
    assert_eq!((refused.code().as_str(), &refused.json()["error"]["retryable"]), ("validation_failed", &json!(true)));
    let refused = studio.post(&studio.body(&[("postInfo.title", json!("x".repeat(2_201)))])).await;
    assert_eq!(refused.json()["error"]["retryable"], false);
}
