//! Posts, and what is wrong with them, as the code writes them.

use serde_json::json;
use shared::domain::{AccountId, Page, PageRequest, Platform, Post, PostEvent, PostId, PostStatus, Progress};
use time::macros::datetime;

use super::*;

#[test]
fn posts_of_every_kind_are_documented() {
    let contract = contract();
    for platform in Platform::ALL {
        for status in PostStatus::ALL {
            for post in posts(platform, status) {
                let body = serde_json::to_value(&post).unwrap();
                contract.check_schema(&json!({ "$ref": "#/components/schemas/Post" }), &body).unwrap();
                let page = Page::of(vec![post], PageRequest::parse(None, None).unwrap(), |post| post.id.0);
                assert!(contract.is_a("PostPage", &serde_json::to_value(page).unwrap()), "{body}");
            }
        }
    }
}

#[test]
fn a_body_with_everything_and_one_with_the_least_are_documented() {
    let contract = contract();
    let least = json!({
        "accountId": 7, "mediaKind": "VIDEO", "mode": "DIRECT_POST", "source": "FILE_UPLOAD", "mediaId": 8,
        "postInfo": { "privacy_level": "SELF_ONLY", "disable_comment": true, "disable_duet": true, "disable_stitch": true,
                      "brand_content_toggle": false, "brand_organic_toggle": false, "is_aigc": false },
    });
    let mut everything = least.clone();
    everything["publishAt"] = json!("2026-11-22T10:30:00+01:00");
    everything["postInfo"]["title"] = json!("Morning run");
    everything["postInfo"]["video_cover_timestamp_ms"] = json!(1_500);
    for body in [least, everything] {
        assert!(contract.is_a("TikTokUpload", &body), "{body}");
        assert!(shared::domain::Upload::read(Platform::TikTok, body.clone()).is_ok(), "{body}");
    }
}

/// One with everything, and one with as little as possible.
fn posts(platform: Platform, status: PostStatus) -> [Post; 2] {
    let at = datetime!(2026-11-22 09:30:00.25 UTC);
    let whole = Post {
        id: PostId(1),
        platform,
        account_id: AccountId(2),
        status,
        title: Some("t".to_owned()),
        publish_id: Some("p".to_owned()),
        platform_post_ids: vec!["7420000000000000001".to_owned()],
        permalink: Some("https://www.tiktok.com/@ada/video/7420000000000000001".to_owned()),
        error_code: Some("internal".to_owned()),
        error_message: Some("m".to_owned()),
        next_attempt_at: Some(at),
        publish_at: Some(at),
        progress: Some(Progress { confirmed_bytes: 0, total_bytes: 1 }),
        timeline: vec![PostEvent { at, event: status.as_str().to_owned(), code: None, detail: Some("d".to_owned()) }],
    };
    let bare = Post {
        title: None,
        publish_id: None,
        platform_post_ids: Vec::new(),
        permalink: None,
        error_code: None,
        error_message: None,
        next_attempt_at: None,
        publish_at: None,
        progress: None,
        timeline: Vec::new(),
        ..whole.clone()
    };
    [whole, bare]
}
