//! When: of the post, and of its cover within the video.

use std::time::Duration;

use time::OffsetDateTime;

use crate::{domain::catalogue::ErrorCode, services::posts::Problem};

/// How far ahead a post may be scheduled: its file is kept for so long.
const AHEAD: time::Duration = time::Duration::days(30);

pub(super) fn publish_at(time: OffsetDateTime, now: OffsetDateTime) -> Option<Problem> {
    let problem = match time - now {
        wait if wait <= time::Duration::ZERO => "has passed",
        wait if wait > AHEAD => "is more than 30 days ahead",
        _ => return None,
    };
    Some(Problem::new(ErrorCode::PublishAtOutOfRange, "publishAt", problem))
}

/// No file is kept for longer, whatever post needs it.
pub(in super::super) fn kept(until: OffsetDateTime, at_most: OffsetDateTime) -> Option<Problem> {
    let problem = "the file can't be kept until the post is done with it: upload it again";
    (until > at_most).then(|| Problem::new(ErrorCode::MediaExpired, "mediaId", problem))
}

/// TikTok would take the first frame instead: the last moment is before the end. Of a video that doesn't say how long it is,
/// only a negative time is wrong.
pub(super) fn cover(milliseconds: i32, duration: Option<Duration>) -> Option<Problem> {
    let inside = u64::try_from(milliseconds)
        .is_ok_and(|milliseconds| duration.is_none_or(|duration| Duration::from_millis(milliseconds) < duration));
    let problem = || match duration {
        Some(duration) => format!("{milliseconds} ms lie outside the video's {} ms", duration.as_millis()),
        None => format!("{milliseconds} ms lie before the video"),
    };
    let code = ErrorCode::ThumbOffsetOutOfRange;
    (!inside).then(|| Problem::new(code, "postInfo.video_cover_timestamp_ms", problem()))
}
