//! What a video must be like. A fact that the file doesn't tell is TikTok's to find out.

use std::time::Duration;

use platforms::tiktok::publish::{
    chunks::MAX_FILE,
    creator_info::{CreatorInfo, is_longer},
};

use crate::{
    domain::catalogue::ErrorCode,
    media::probe::{Codec, VideoFacts, VideoTrack},
    services::posts::Problem,
};

/// The most that TikTok's API takes, where the creator's own limit isn't known.
const MAX_DURATION: Duration = Duration::from_secs(600);
/// Frames a second. What a file says is an average, so half a frame more or less is none.
const FRAME_RATES: std::ops::RangeInclusive<f64> = 22.5..=60.5;
/// Pixels of each side.
const SIDES: std::ops::RangeInclusive<u32> = 360..=4_096;

/// Everything that is wrong with it.
pub(super) fn problems(facts: &VideoFacts, size: u64, creator: Option<&CreatorInfo>) -> Vec<Problem> {
    let longest = creator.and_then(|creator| creator.max_video_post_duration).unwrap_or(MAX_DURATION);
    let of_file = [file_size(size), facts.duration.and_then(|duration| length(duration, longest))];
    let of_track = match &facts.video {
        Some(track) => [codec(track), frame_rate(track), sides(track)],
        None => [Some(no_video("the file has no video track")), None, None],
    };
    of_file.into_iter().chain(of_track).flatten().collect()
}

pub(super) fn no_video(problem: &str) -> Problem {
    of_file(ErrorCode::FileFormatCheckFailed, problem)
}

fn of_file(code: ErrorCode, problem: impl Into<String>) -> Problem {
    Problem::new(code, "mediaId", problem)
}

fn file_size(size: u64) -> Option<Problem> {
    let problem = || format!("{size} bytes of at most {MAX_FILE}");
    (size > MAX_FILE).then(|| of_file(ErrorCode::PayloadTooLarge, problem()))
}

fn length(duration: Duration, longest: Duration) -> Option<Problem> {
    let problem = || format!("{:.1} seconds of at most {}", duration.as_secs_f64(), longest.as_secs());
    is_longer(duration, longest).then(|| of_file(ErrorCode::DurationCheckFailed, problem()))
}

fn codec(track: &VideoTrack) -> Option<Problem> {
    match &track.codec {
        Codec::H264 | Codec::H265 | Codec::Vp8 | Codec::Vp9 => None,
        // Its name is the file's own word.
        Codec::Other(_) => Some(no_video("the codec is none of H.264, H.265, VP8 and VP9")),
    }
}

fn frame_rate(track: &VideoTrack) -> Option<Problem> {
    let rate = track.frame_rate.filter(|rate| !FRAME_RATES.contains(rate))?;
    Some(of_file(ErrorCode::FrameRateCheckFailed, format!("{rate:.2} frames a second, not 23 to 60")))
}

fn sides(track: &VideoTrack) -> Option<Problem> {
    let (width, height) = (track.width, track.height);
    let fits = [width, height].iter().all(|side| SIDES.contains(side));
    let problem = || format!("{width} × {height} pixels, not 360 to 4096 on each side");
    (!fits).then(|| of_file(ErrorCode::PictureSizeCheckFailed, problem()))
}
