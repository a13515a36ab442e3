//! Who may see a post.

use platforms::tiktok::publish::{
    creator_info::CreatorInfo,
    post::{PrivacyLevel, VideoPost},
};

use crate::{domain::catalogue::ErrorCode, services::posts::Problem};

const FIELD: &str = "postInfo.privacy_level";

/// TikTok counts a level that it didn't offer against the app. What it would offer, only it can tell.
pub(super) fn audience(post: &VideoPost, creator: Option<&CreatorInfo>) -> Option<Problem> {
    let offered = &creator?.privacy_level_options;
    let words: Vec<_> = offered.iter().map(PrivacyLevel::as_str).collect();
    let problem = || format!("not one of those that TikTok offers: {}", words.join(", "));
    (!offered.contains(&post.privacy_level))
        .then(|| Problem::new(ErrorCode::PrivacyLevelOptionMismatch, FIELD, problem()))
}

/// Whoever pays for a post wants it to be seen.
pub(super) fn paid_partnership(post: &VideoPost) -> Option<Problem> {
    let hidden = post.brand_content_toggle && post.privacy_level == PrivacyLevel::SelfOnly;
    let problem = "branded content can't be SELF_ONLY";
    hidden.then(|| Problem::new(ErrorCode::BrandedContentPrivate, FIELD, problem))
}
