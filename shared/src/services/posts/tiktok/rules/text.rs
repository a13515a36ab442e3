//! What a post says.

use platforms::tiktok::publish::post::VideoPost;

use crate::{domain::catalogue::ErrorCode, services::posts::Problem};

/// "UTF-16 runes" in TikTok's words: code units are the stricter reading.
const MAX_TITLE: usize = 2_200;

pub(super) fn title(post: &VideoPost) -> Option<Problem> {
    let units = post.title.as_deref()?.encode_utf16().count();
    let problem = || format!("{units} UTF-16 units of at most {MAX_TITLE}");
    (units > MAX_TITLE).then(|| Problem::new(ErrorCode::CaptionTooLong, "postInfo.title", problem()))
}
