//! What others may do with a post.

use platforms::tiktok::publish::{creator_info::CreatorInfo, post::VideoPost};

use crate::{domain::catalogue::ErrorCode, services::posts::Problem};

/// What a creator doesn't allow must be turned off: we don't do that silently.
pub(super) fn interactions(post: &VideoPost, creator: &CreatorInfo) -> impl Iterator<Item = Problem> {
    [
        ("postInfo.disable_comment", creator.comment_disabled, post.disable_comment),
        ("postInfo.disable_duet", creator.duet_disabled, post.disable_duet),
        ("postInfo.disable_stitch", creator.stitch_disabled, post.disable_stitch),
    ]
    .into_iter()
    .filter(|(_, must, does)| *must && !does)
    .map(|(field, ..)| {
        Problem::new(ErrorCode::InteractionDisabled, field, "must be true: the creator doesn't allow it")
    })
}
