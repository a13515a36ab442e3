//! `POST /v2/post/publish/video/init/`.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, header::HOST},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    PUBLISH, UPLOAD, VIDEO_INIT,
    chunks::Declared,
    json,
    posts::{Post, Stage, Upload},
    received::Received,
    settings::Publishing,
};
use crate::{
    control::held,
    random,
    tiktok::{
        State as TikTok,
        people::Person,
        refusal::{ApiError, api, envelope},
    },
};

const LEVELS: [&str; 4] = ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"];
/// In UTF-16 units.
const MAX_TITLE: usize = 2_200;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Init {
    post_info: PostInfo,
    source_info: SourceInfo,
}

/// What the post says and who may see it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PostInfo {
    pub(super) privacy_level: String,
    pub(super) title: Option<String>,
    disable_comment: Option<bool>,
    disable_duet: Option<bool>,
    disable_stitch: Option<bool>,
    video_cover_timestamp_ms: Option<i32>,
    brand_content_toggle: Option<bool>,
    brand_organic_toggle: Option<bool>,
    is_aigc: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceInfo {
    source: String,
    video_size: u64,
    chunk_size: u64,
    total_chunk_count: u64,
}

pub(super) async fn init(State(tiktok): State<Arc<TikTok>>, headers: HeaderMap, body: Bytes) -> Response {
    envelope(tiktok.init(&headers, &body))
}

impl TikTok {
    fn init(&self, headers: &HeaderMap, body: &[u8]) -> Result<Value, ApiError> {
        let person = self.admit(headers, VIDEO_INIT, &[PUBLISH])?;
        let settings = self.control.settings().publishing;
        let Init { post_info, source_info } = json(headers, body)?;
        check_text(&post_info)?;
        let file = source_info.declared(&settings)?;
        self.check_caps(&person)?;
        check_audience(&post_info.privacy_level, &person, &settings)?;
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let upload = Upload::at(host, self.control.now() + settings.upload_url_lifetime_s);
        let post = self.begun(person, post_info, file, upload);
        let data = json!({ "publish_id": post.publish_id, "upload_url": post.upload.url });
        self.control.note("upload_url", post.upload.url.clone());
        held(&self.posts).add(post);
        Ok(data)
    }

    fn begun(&self, person: Person, info: PostInfo, file: Declared, upload: Upload) -> Post {
        Post {
            publish_id: format!("v_pub_file~v2-1.{}", random::digits(19)),
            open_id: person.open_id,
            username: person.username,
            info,
            file,
            upload,
            received: Received::nothing(file.size <= self.control.settings().publishing.keeps_bytes_up_to),
            begun_at: self.control.now(),
            stage: Stage::Receiving,
            withdrawn: false,
        }
    }
}

impl Upload {
    /// An address at the host that the caller knows us by.
    fn at(host: &str, expires_at: i64) -> Self {
        let (id, token) = (random::digits(19), random::text(43));
        let url = format!("http://{host}{UPLOAD}?upload_id={id}&upload_token={token}");
        Self { id, token, url, expires_at }
    }
}

impl SourceInfo {
    fn declared(&self, settings: &Publishing) -> Result<Declared, ApiError> {
        if self.source != "FILE_UPLOAD" {
            return api("invalid_params", "Only FILE_UPLOAD is simulated");
        }
        let file = Declared { size: self.video_size, chunk_size: self.chunk_size, count: self.total_chunk_count };
        let disliked = settings.refused_chunk_sizes.contains(&file.chunk_size);
        match file.problem().or(disliked.then_some("The chunk size is invalid")) {
            Some(problem) => api("invalid_params", problem),
            None => Ok(file),
        }
    }
}

fn check_text(info: &PostInfo) -> Result<(), ApiError> {
    if !LEVELS.contains(&info.privacy_level.as_str()) {
        return api("invalid_params", "The privacy level is invalid");
    }
    let length = info.title.as_deref().unwrap_or_default().encode_utf16().count();
    if length > MAX_TITLE { api("invalid_params", "The title is too long") } else { Ok(()) }
}

fn check_audience(level: &str, person: &Person, settings: &Publishing) -> Result<(), ApiError> {
    if !settings.audited && (level != "SELF_ONLY" || !person.private_account) {
        return api("unaudited_client_can_only_post_to_private_accounts", "Please review our integration guidelines");
    }
    if !settings.options(person).iter().any(|option| option == level) {
        return api("privacy_level_option_mismatch", "Please review our integration guidelines");
    }
    Ok(())
}
