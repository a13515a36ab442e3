use std::time::Duration;

use platforms::tiktok::publish::post::PrivacyLevel;
use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::{
    domain::{AccountId, MediaId},
    media::probe::{Codec, Container, ImageFacts, ImageFormat, VideoTrack},
};

const NOW: OffsetDateTime = datetime!(2026-11-22 09:30 UTC);

fn post() -> VideoPost {
    VideoPost {
        privacy_level: PrivacyLevel::PublicToEveryone,
        title: Some("Morning run #fitness".to_owned()),
        disable_comment: false,
        disable_duet: false,
        disable_stitch: false,
        video_cover_timestamp_ms: Some(1_500),
        brand_content_toggle: false,
        brand_organic_toggle: false,
        is_aigc: false,
    }
}

fn creator() -> CreatorInfo {
    CreatorInfo {
        creator_avatar_url: None,
        creator_username: Some("ada".to_owned()),
        creator_nickname: Some("Ada".to_owned()),
        privacy_level_options: vec![PrivacyLevel::PublicToEveryone, PrivacyLevel::SelfOnly],
        comment_disabled: false,
        duet_disabled: false,
        stitch_disabled: false,
        max_video_post_duration: Some(Duration::from_secs(180)),
    }
}

fn video() -> VideoFacts {
    let track = VideoTrack { codec: Codec::H264, width: 1_080, height: 1_920, frame_rate: Some(29.97) };
    VideoFacts {
        container: Container::Mp4,
        duration: Some(Duration::from_millis(12_500)),
        video: Some(track),
        has_audio: true,
    }
}

fn upload(post: VideoPost, publish_at: Option<OffsetDateTime>) -> TikTokUpload {
    TikTokUpload { account: AccountId(1), media: MediaId(2), post, publish_at }
}

/// Code and field of everything that is wrong with what is said.
fn of_post(post: VideoPost, creator: Option<&CreatorInfo>) -> Vec<(&'static str, &'static str)> {
    named(said(&upload(post, None), creator, NOW))
}

/// The codes of everything that is wrong with the file.
fn of_file(facts: VideoFacts, size: u64) -> Vec<&'static str> {
    named(file(&Facts::Video(facts), size, &post(), Some(&creator()))).into_iter().map(|(code, _)| code).collect()
}

fn of_track(track: VideoTrack) -> Vec<&'static str> {
    of_file(VideoFacts { video: Some(track), ..video() }, 1)
}

fn named(problems: Vec<Problem>) -> Vec<(&'static str, &'static str)> {
    problems.into_iter().map(|problem| (problem.code.as_str(), problem.field)).collect()
}

#[test]
fn nothing_is_wrong_with_a_good_post() {
    assert_eq!(of_post(post(), Some(&creator())), []);
    assert_eq!(of_file(video(), 4_000_000_000), [] as [&str; 0]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let post = VideoPost {
        privacy_level: PrivacyLevel::SelfOnly,
        title: Some("x".repeat(2_201)),
        brand_content_toggle: true,
        ..post()
    };
    let options = vec![PrivacyLevel::PublicToEveryone];
    let strict = CreatorInfo {
        privacy_level_options: options,
        comment_disabled: true,
        duet_disabled: true,
        stitch_disabled: true,
        ..creator()
    };
    let problems = named(said(&upload(post, Some(NOW)), Some(&strict), NOW));
    let expected = [
        ("caption_too_long", "postInfo.title"),
        ("privacy_level_option_mismatch", "postInfo.privacy_level"),
        ("branded_content_private", "postInfo.privacy_level"),
        ("interaction_disabled", "postInfo.disable_comment"),
        ("interaction_disabled", "postInfo.disable_duet"),
        ("interaction_disabled", "postInfo.disable_stitch"),
        ("publish_at_out_of_range", "publishAt"),
    ];
    assert_eq!(problems, expected);
}

#[test]
fn a_title_is_counted_in_utf_16() {
    let with = |title: String| of_post(VideoPost { title: Some(title), ..post() }, None).len();
    assert_eq!((with("é".repeat(2_200)), with("é".repeat(2_201))), (0, 1));
    assert_eq!((with("🏃".repeat(1_100)), with("🏃".repeat(1_101))), (0, 1));
}

#[test]
fn what_the_creator_does_not_allow_may_be_turned_off() {
    let strict = CreatorInfo { comment_disabled: true, duet_disabled: true, stitch_disabled: true, ..creator() };
    let quiet = VideoPost { disable_comment: true, disable_duet: true, disable_stitch: true, ..post() };
    assert_eq!(of_post(quiet.clone(), Some(&strict)), []);
    assert_eq!(of_post(quiet, Some(&creator())), []);
}

#[test]
fn a_creator_who_is_offered_nothing_may_choose_nothing() {
    let none = CreatorInfo { privacy_level_options: Vec::new(), ..creator() };
    assert_eq!(of_post(post(), Some(&none)), [("privacy_level_option_mismatch", "postInfo.privacy_level")]);
}

#[test]
fn without_the_creators_bounds_what_can_be_told_is_told() {
    let hidden = VideoPost { privacy_level: PrivacyLevel::SelfOnly, brand_content_toggle: true, ..post() };
    assert_eq!(of_post(hidden, None), [("branded_content_private", "postInfo.privacy_level")]);
    for level in [PrivacyLevel::FollowerOfCreator, PrivacyLevel::from("NEW_LEVEL")] {
        assert_eq!(of_post(VideoPost { privacy_level: level, ..post() }, None), [], "what is offered can't be told");
    }
    let long = VideoFacts { duration: Some(Duration::from_secs(601)), ..video() };
    assert_eq!(named(file(&Facts::Video(long), 1, &post(), None)), [("duration_check_failed", "mediaId")]);
}

#[test]
fn a_video_keeps_tiktoks_limits() {
    let track = || video().video.unwrap();
    assert_eq!(of_file(video(), 4_000_000_001), ["payload_too_large"]);
    let lasting = |milliseconds| VideoFacts { duration: Some(Duration::from_millis(milliseconds)), ..video() };
    assert_eq!(of_file(lasting(180_999), 1), [] as [&str; 0]);
    assert_eq!(of_file(lasting(181_000), 1), ["duration_check_failed"]);
    assert_eq!(of_file(VideoFacts { video: None, ..video() }, 1), ["file_format_check_failed"]);
    let other = VideoTrack { codec: Codec::Other("av01".to_owned()), ..track() };
    assert_eq!(of_track(other), ["file_format_check_failed"]);
    for rate in [22.0, 61.0, 120.0] {
        assert_eq!(of_track(VideoTrack { frame_rate: Some(rate), ..track() }), ["frame_rate_check_failed"], "{rate}");
    }
    for rate in [23.0, 23.976, 59.94, 60.0, 60.02] {
        assert_eq!(of_track(VideoTrack { frame_rate: Some(rate), ..track() }), [] as [&str; 0], "{rate}");
    }
    for (width, height) in [(359, 640), (640, 359), (4_097, 2_160), (2_160, 4_097)] {
        assert_eq!(of_track(VideoTrack { width, height, ..track() }), ["picture_size_check_failed"]);
    }
    assert_eq!(of_track(VideoTrack { width: 360, height: 4_096, ..track() }), [] as [&str; 0]);
}

#[test]
fn what_a_file_does_not_tell_is_left_to_tiktok() {
    let track = VideoTrack { frame_rate: None, ..video().video.unwrap() };
    assert_eq!(of_file(VideoFacts { duration: None, video: Some(track), ..video() }, 1), [] as [&str; 0]);
}

#[test]
fn a_picture_is_no_video() {
    let picture = Facts::Image(ImageFacts { format: ImageFormat::Jpeg, width: 1_080, height: 1_080 });
    assert_eq!(named(file(&picture, 1, &post(), None)), [("file_format_check_failed", "mediaId")]);
}

#[test]
fn a_codecs_name_is_the_files_and_is_not_repeated() {
    let track = VideoTrack { codec: Codec::Other("secret".to_owned()), ..video().video.unwrap() };
    let problems = file(&Facts::Video(VideoFacts { video: Some(track), ..video() }), 1, &post(), None);
    assert!(!format!("{problems:?}").contains("secret"));
}

proptest! {
    #[test]
    fn a_cover_lies_within_the_video(cover: i32, duration in proptest::option::of(0_u64..700_000)) {
        let facts = VideoFacts { duration: duration.map(Duration::from_millis), ..video() };
        let post = VideoPost { video_cover_timestamp_ms: Some(cover), ..post() };
        let wrong = named(file(&Facts::Video(facts), 1, &post, None)).iter().any(|(code, _)| code.starts_with("thumb"));
        let inside = cover >= 0 && duration.is_none_or(|duration| u64::from(cover.unsigned_abs()) < duration);
        prop_assert_eq!(wrong, !inside);
    }

    #[test]
    fn a_post_may_wait_for_thirty_days(seconds in -5_000_000_i64..5_000_000) {
        let upload = upload(post(), Some(NOW + time::Duration::seconds(seconds)));
        let allowed = said(&upload, Some(&creator()), NOW).is_empty();
        prop_assert_eq!(allowed, (1..=30 * 86_400).contains(&seconds));
    }

    #[test]
    fn nobody_sees_branded_content_alone(branded: bool, organic: bool, alone: bool) {
        let level = if alone { PrivacyLevel::SelfOnly } else { PrivacyLevel::PublicToEveryone };
        let post = VideoPost {
            privacy_level: level, brand_content_toggle: branded, brand_organic_toggle: organic, ..post()
        };
        prop_assert_eq!(of_post(post, Some(&creator())).is_empty(), !(branded && alone));
    }
}
