//! A request to post to TikTok.

use platforms::tiktok::publish::post::VideoPost;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::{UploadShape, time};
use crate::domain::{AccountId, MediaId, Members, ShapeError};

/// What is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MediaKind {
    /// One video.
    Video,
    /// Up to 35 photos.
    Photo,
}

/// How far it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// All the way.
    DirectPost,
    /// Into the person's inbox, as a draft.
    MediaUpload,
}

/// Who moves the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    /// We send them.
    FileUpload,
    /// TikTok fetches them.
    PullFromUrl,
}

/// A video from our bucket, sent by us and posted directly: so far the only way.
#[derive(Debug, Clone, PartialEq)]
pub struct TikTokUpload {
    /// Who posts.
    pub account: AccountId,
    /// The video.
    pub media: MediaId,
    /// What is said with it.
    pub post: VideoPost,
    /// When; at once where it isn't said.
    pub publish_at: Option<OffsetDateTime>,
}

/// Another way may have other members, so the way is settled before they are looked at.
pub(super) fn read(body: Value) -> Result<TikTokUpload, UploadShape> {
    let mut body = Members::of(body)?;
    let way = (body.word("mediaKind")?, body.word("mode")?, body.word("source")?);
    if way != (MediaKind::Video, Mode::DirectPost, Source::FileUpload) {
        return Err(UploadShape::NotSupported(format!(
            "{} by {} with {}",
            way.0.as_str(),
            way.1.as_str(),
            way.2.as_str()
        )));
    }
    let upload = TikTokUpload {
        account: body.required("accountId")?,
        media: body.required("mediaId")?,
        post: video_post(body.object("postInfo")?)?,
        publish_at: time(&mut body, "publishAt")?,
    };
    body.end()?;
    Ok(upload)
}

/// TikTok's audit wants every switch to be the person's choice, so there are no defaults.
fn video_post(mut info: Members) -> Result<VideoPost, ShapeError> {
    let post = VideoPost {
        privacy_level: info.required("privacy_level")?,
        title: info.optional("title")?,
        disable_comment: info.required("disable_comment")?,
        disable_duet: info.required("disable_duet")?,
        disable_stitch: info.required("disable_stitch")?,
        video_cover_timestamp_ms: info.optional("video_cover_timestamp_ms")?,
        brand_content_toggle: info.required("brand_content_toggle")?,
        brand_organic_toggle: info.required("brand_organic_toggle")?,
        is_aigc: info.required("is_aigc")?,
    };
    info.end()?;
    Ok(post)
}

impl MediaKind {
    /// The word in the tables and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Video => "VIDEO",
            Self::Photo => "PHOTO",
        }
    }
}

impl Mode {
    /// The word in the tables and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DirectPost => "DIRECT_POST",
            Self::MediaUpload => "MEDIA_UPLOAD",
        }
    }
}

impl Source {
    /// The word in the tables and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FileUpload => "FILE_UPLOAD",
            Self::PullFromUrl => "PULL_FROM_URL",
        }
    }
}

#[cfg(test)]
mod tests {
    use platforms::tiktok::publish::post::PrivacyLevel;
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn body() -> Value {
        json!({
            "accountId": 7, "mediaKind": "VIDEO", "mode": "DIRECT_POST", "source": "FILE_UPLOAD", "mediaId": 8,
            "postInfo": { "title": "Morning run", "privacy_level": "SELF_ONLY", "disable_comment": true,
                          "disable_duet": true, "disable_stitch": false, "video_cover_timestamp_ms": 1_500,
                          "brand_content_toggle": false, "brand_organic_toggle": false, "is_aigc": false },
            "publishAt": "2026-11-22T10:30:00+01:00",
        })
    }

    /// The path of a member as a JSON pointer.
    fn at(path: &str) -> String {
        format!("/{}", path.replace('.', "/"))
    }

    fn message(body: Value) -> String {
        read(body).unwrap_err().to_string()
    }

    #[test]
    fn everything_that_is_said_is_read() {
        let upload = read(body()).unwrap();
        assert_eq!((upload.account, upload.media), (AccountId(7), MediaId(8)));
        assert_eq!(upload.publish_at, Some(datetime!(2026-11-22 09:30 UTC)));
        assert_eq!(upload.post.privacy_level, PrivacyLevel::SelfOnly);
        assert_eq!(serde_json::to_value(&upload.post).unwrap(), body()["postInfo"]);
    }

    #[test]
    fn only_text_cover_and_time_may_be_left_out() {
        let mut less = body();
        less["publishAt"] = Value::Null;
        let info = less["postInfo"].as_object_mut().unwrap();
        info.remove("title");
        info.remove("video_cover_timestamp_ms");
        let upload = read(less).unwrap();
        assert_eq!((upload.post.title, upload.post.video_cover_timestamp_ms, upload.publish_at), (None, None, None));
        let required = ["accountId", "mediaKind", "mode", "source", "mediaId", "postInfo", "postInfo.privacy_level"];
        let switches = ["comment", "duet", "stitch"].map(|switch| format!("postInfo.disable_{switch}"));
        let toggles =
            ["brand_content_toggle", "brand_organic_toggle", "is_aigc"].map(|name| format!("postInfo.{name}"));
        for path in required.map(str::to_owned).into_iter().chain(switches).chain(toggles) {
            let mut less = body();
            *less.pointer_mut(&at(&path)).unwrap() = Value::Null;
            assert_eq!(message(less), format!("{path} is missing"));
        }
    }

    #[test]
    fn unknown_and_mistyped_members_are_named() {
        for (path, value, problem) in [
            ("postInfo.disable_duets", json!(true), "is not known"),
            ("videoUrl", json!("https://example.com/v.mp4"), "is not known"),
            ("postInfo.auto_add_music", json!(true), "is not known"),
            ("accountId", json!("7"), "is not what it may be"),
            ("mediaId", json!(8.5), "is not what it may be"),
            ("mode", json!("direct_post"), "is not what it may be"),
            ("mode", json!({ "DIRECT_POST": null }), "is not what it may be"),
            ("postInfo.disable_duet", json!("true"), "is not what it may be"),
            ("postInfo.video_cover_timestamp_ms", json!(3_000_000_000_u32), "is not what it may be"),
            ("postInfo", json!([]), "is not an object"),
            ("publishAt", json!("tomorrow"), "is not a time of RFC 3339"),
            ("publishAt", json!("9999-12-31T23:59:59-01:00"), "is not a time of RFC 3339"),
        ] {
            let mut other = body();
            let (parent, name) = path.rsplit_once('.').map_or(("", path), |(parent, name)| (parent, name));
            let parent = if parent.is_empty() { &mut other } else { &mut other[parent] };
            parent[name] = value;
            assert_eq!(message(other), format!("{path} {problem}"));
        }
    }

    #[test]
    fn another_way_of_posting_is_not_taken_for_this_one() {
        for (name, word) in [("mediaKind", "PHOTO"), ("mode", "MEDIA_UPLOAD"), ("source", "PULL_FROM_URL")] {
            let mut other = body();
            other[name] = json!(word);
            other["photoUrls"] = json!([]);
            assert!(matches!(read(other), Err(UploadShape::NotSupported(way)) if way.contains(word)), "{word}");
        }
    }
}
