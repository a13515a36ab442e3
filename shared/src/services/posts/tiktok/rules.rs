//! TikTok's rules for a video that is posted directly, as far as they are known before anything is sent.
//!
//! developers.tiktok.com, Content Posting API: direct post, query creator info, media transfer guide, sharing guidelines.

mod account;
mod audience;
mod interactions;
mod text;
mod timing;
mod video;

use platforms::tiktok::publish::{creator_info::CreatorInfo, post::VideoPost};
use time::OffsetDateTime;

pub(super) use account::account;
pub(super) use timing::kept;

use crate::{
    domain::TikTokUpload,
    media::{Facts, probe::VideoFacts},
    services::posts::Problem,
};

/// What is wrong with what is said. Without the creator's bounds, as far as that can be told.
pub(super) fn said(upload: &TikTokUpload, creator: Option<&CreatorInfo>, now: OffsetDateTime) -> Vec<Problem> {
    let post = &upload.post;
    let mut problems: Vec<_> = text::title(post).into_iter().collect();
    problems.extend(audience::audience(post, creator));
    problems.extend(audience::paid_partnership(post));
    problems.extend(creator.into_iter().flat_map(|creator| interactions::interactions(post, creator)));
    problems.extend(upload.publish_at.and_then(|time| timing::publish_at(time, now)));
    problems
}

/// What is wrong with the file, and with what is said about it.
pub(super) fn file(facts: &Facts, size: u64, post: &VideoPost, creator: Option<&CreatorInfo>) -> Vec<Problem> {
    let facts = match facts {
        Facts::Video(facts) => facts,
        Facts::Image(_) => return vec![video::no_video("the file is a picture")],
    };
    let mut problems = video::problems(facts, size, creator);
    problems.extend(cover(facts, post));
    problems
}

fn cover(facts: &VideoFacts, post: &VideoPost) -> Option<Problem> {
    timing::cover(post.video_cover_timestamp_ms?, facts.duration)
}

#[cfg(test)]
mod tests;
