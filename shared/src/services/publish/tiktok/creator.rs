//! Whether the account may still post this: asked right before each init, as TikTok demands.

use platforms::tiktok::publish::{
    creator_info::{CreatorInfo, is_longer},
    post::VideoPost,
};

use super::{Request, Run};
use crate::{
    domain::catalogue::ErrorCode,
    media::Facts,
    services::publish::failure::{Failure, Stop},
};

impl Run<'_> {
    pub(super) async fn check_creator(&self, request: &Request, facts: &Facts) -> Result<(), Stop> {
        let ask = async |token: &_| self.api().creator_info(token).await;
        let info = self.publisher.tokens.call(self.post.user, self.post.account, ask).await?;
        refusal(&info, &request.post_info, facts).map_or(Ok(()), |failure| Err(failure.into()))
    }
}

/// What TikTok would refuse, or change without a word: what the person was offered may have changed since.
fn refusal(info: &CreatorInfo, post: &VideoPost, facts: &Facts) -> Option<Failure> {
    if !info.privacy_level_options.contains(&post.privacy_level) {
        let detail = format!("{} is not offered", post.privacy_level);
        return Some(Failure::new(ErrorCode::PrivacyLevelOptionMismatch, detail));
    }
    let allowed = [
        ("comments", info.comment_disabled && !post.disable_comment),
        ("duets", info.duet_disabled && !post.disable_duet),
        ("stitches", info.stitch_disabled && !post.disable_stitch),
    ];
    if let Some((what, _)) = allowed.iter().find(|(_, is_refused)| *is_refused) {
        return Some(Failure::new(ErrorCode::InteractionDisabled, format!("the account allows no {what}")));
    }
    let duration = if let Facts::Video(facts) = facts { facts.duration } else { None };
    let (duration, longest) = (duration?, info.max_video_post_duration?);
    is_longer(duration, longest).then(|| {
        let (is, may) = (duration.as_secs_f64(), longest.as_secs());
        Failure::new(ErrorCode::DurationCheckFailed, format!("{is:.1} seconds of at most {may}"))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use platforms::tiktok::publish::post::PrivacyLevel;

    use super::*;
    use crate::media::probe::{Container, VideoFacts};

    fn info() -> CreatorInfo {
        CreatorInfo {
            creator_avatar_url: None,
            creator_username: None,
            creator_nickname: None,
            privacy_level_options: vec![PrivacyLevel::PublicToEveryone, PrivacyLevel::SelfOnly],
            comment_disabled: false,
            duet_disabled: false,
            stitch_disabled: false,
            max_video_post_duration: Some(Duration::from_secs(60)),
        }
    }

    fn post() -> VideoPost {
        VideoPost {
            privacy_level: PrivacyLevel::SelfOnly,
            title: None,
            disable_comment: false,
            disable_duet: true,
            disable_stitch: true,
            video_cover_timestamp_ms: None,
            brand_content_toggle: false,
            brand_organic_toggle: false,
            is_aigc: false,
        }
    }

    fn refused(info: &CreatorInfo, post: &VideoPost, seconds: u64) -> Option<ErrorCode> {
        // A sound often outlasts the pictures by a moment.
        let duration = Some(Duration::from_millis(seconds * 1_000 + 900));
        let facts = Facts::Video(VideoFacts { container: Container::Mp4, duration, video: None, has_audio: true });
        refusal(info, post, &facts).map(|failure| failure.reason().code)
    }

    #[test]
    fn what_is_offered_is_sent() {
        assert_eq!(refused(&info(), &post(), 60), None);
        assert_eq!(refused(&CreatorInfo { duet_disabled: true, ..info() }, &post(), 60), None);
        assert_eq!(refused(&CreatorInfo { max_video_post_duration: None, ..info() }, &post(), 600), None);
    }

    #[test]
    fn what_is_not_offered_any_more_is_not_sent() {
        let post_to = |privacy_level| VideoPost { privacy_level, ..post() };
        let friends = post_to(PrivacyLevel::MutualFollowFriends);
        assert_eq!(refused(&info(), &friends, 1), Some(ErrorCode::PrivacyLevelOptionMismatch));
        let quiet = CreatorInfo { comment_disabled: true, ..info() };
        assert_eq!(refused(&quiet, &post(), 1), Some(ErrorCode::InteractionDisabled));
        assert_eq!(refused(&info(), &post(), 61), Some(ErrorCode::DurationCheckFailed));
    }
}
