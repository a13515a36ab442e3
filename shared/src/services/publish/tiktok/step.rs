//! What is next for a post, read from its row alone.

use crate::{
    domain::PostStatus,
    store::publish_claims::{ClaimedPost, Intent},
};

/// What is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// To open an upload.
    Begin,
    /// To send what is missing of the file.
    Send,
    /// To ask TikTok: what it has, or what has become of the post.
    Ask,
    /// To ask TikTok once more about a post whose outcome was given up as unknown.
    AskAgain,
    /// To give up an upload whose time is over, and to open another one.
    StartOver,
    /// To note that nothing is left to do.
    Settle,
}

/// What is next for a post that was just claimed, or whose last step was just written down.
pub(super) fn next(post: &ClaimedPost, is_in_step: bool) -> Step {
    match post.status {
        PostStatus::Queued | PostStatus::ProcessingUpload if post.publish_id.is_none() => Step::Begin,
        PostStatus::Queued | PostStatus::ProcessingUpload => match (is_sending(post), may_be_out(post)) {
            (true, _) if is_in_step => Step::Send,
            (false, false) => Step::StartOver,
            _ => Step::Ask,
        },
        PostStatus::PublishComplete if awaits_public_id(post) => Step::Ask,
        PostStatus::OutcomeUnknown if post.publish_id.is_some() => Step::AskAgain,
        // The others are ends, or started by somebody else.
        PostStatus::PublishComplete
        | PostStatus::Scheduled
        | PostStatus::Held
        | PostStatus::ProcessingDownload
        | PostStatus::OutcomeUnknown
        | PostStatus::SendToUserInbox
        | PostStatus::Failed
        | PostStatus::Cancelled => Step::Settle,
    }
}

/// Whether TikTok has the whole file: a post that is out needs no more bytes, even where a webhook told so first.
pub(super) fn is_whole(post: &ClaimedPost) -> bool {
    let is_out = post.status == PostStatus::PublishComplete;
    post.publish_id.is_some() && (is_out || post.confirmed_bytes >= post.total_bytes)
}

/// Whether bytes are missing that can still be sent.
pub(super) fn is_sending(post: &ClaimedPost) -> bool {
    post.publish_id.is_some() && !is_whole(post) && !post.upload_url_lives.is_zero()
}

/// Whether TikTok has the last chunk, or may have it.
pub(super) fn may_be_out(post: &ClaimedPost) -> bool {
    is_whole(post) || matches!(post.intent, Some(Intent::LastChunk | Intent::TurnedAway))
}

/// Only what is for everybody ever gets an id that everybody can use.
pub(super) fn awaits_public_id(post: &ClaimedPost) -> bool {
    let level = post.request.pointer("/postInfo/privacy_level").and_then(|level| level.as_str());
    !post.is_public && post.publish_id.is_some() && level == Some("PUBLIC_TO_EVERYONE")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::domain::{AccountId, AccountStatus, PostId, UserId};

    const LIVES: Duration = Duration::from_secs(60);

    /// One that is being sent: half of it has arrived.
    fn post() -> ClaimedPost {
        ClaimedPost {
            id: PostId(1),
            lease: 1,
            user: UserId(1),
            account: AccountId(1),
            open_id: "ada".to_owned(),
            account_status: AccountStatus::Active,
            status: PostStatus::ProcessingUpload,
            is_direct_upload: true,
            request: json!({ "postInfo": { "privacy_level": "PUBLIC_TO_EVERYONE" } }),
            publish_id: Some("p".to_owned()),
            intent: None,
            upload_url: None,
            upload_url_lives: LIVES,
            total_bytes: 20_000_000,
            chunk_size: Some(10_000_000),
            confirmed_bytes: 10_000_000,
            attempts: 0,
            hops: 1,
            uploads: 1,
            wanted_for: Duration::ZERO,
            out_for: Duration::ZERO,
            is_public: false,
            correlation_id: None,
        }
    }

    #[test]
    fn without_an_upload_one_is_opened() {
        for (status, intent) in
            [(PostStatus::Queued, None), (PostStatus::Queued, Some(Intent::Init)), (PostStatus::ProcessingUpload, None)]
        {
            let post = ClaimedPost { publish_id: None, confirmed_bytes: 0, status, intent, ..post() };
            assert_eq!(next(&post, false), Step::Begin, "{status:?} {intent:?}");
        }
    }

    #[test]
    fn a_fresh_worker_asks_before_it_sends_on() {
        assert_eq!(next(&post(), false), Step::Ask);
        assert_eq!(next(&post(), true), Step::Send);
    }

    #[test]
    fn an_upload_is_given_up_only_before_its_last_chunk() {
        let expired = || ClaimedPost { upload_url_lives: Duration::ZERO, ..post() };
        for is_in_step in [false, true] {
            assert_eq!(next(&expired(), is_in_step), Step::StartOver);
            let last = ClaimedPost { intent: Some(Intent::LastChunk), ..expired() };
            assert_eq!(next(&last, is_in_step), Step::Ask);
            let whole = ClaimedPost { confirmed_bytes: 20_000_000, ..expired() };
            assert_eq!(next(&whole, is_in_step), Step::Ask);
        }
    }

    #[test]
    fn a_last_chunk_without_an_answer_may_be_sent_again_to_the_same_upload() {
        let last = ClaimedPost { intent: Some(Intent::LastChunk), ..post() };
        assert_eq!(next(&last, false), Step::Ask);
        assert_eq!(next(&last, true), Step::Send);
    }

    #[test]
    fn a_post_that_is_out_is_asked_for_as_long_as_it_has_no_public_id() {
        let out = || ClaimedPost { status: PostStatus::PublishComplete, confirmed_bytes: 20_000_000, ..post() };
        assert_eq!(next(&out(), true), Step::Ask);
        assert_eq!(next(&ClaimedPost { is_public: true, ..out() }, true), Step::Settle);
        let own = json!({ "postInfo": { "privacy_level": "SELF_ONLY" } });
        assert_eq!(next(&ClaimedPost { request: own, ..out() }, true), Step::Settle);
    }

    #[test]
    fn a_post_that_a_webhook_told_to_be_out_needs_no_more_bytes() {
        let told = ClaimedPost { status: PostStatus::PublishComplete, ..post() };
        assert!(is_whole(&told) && !is_sending(&told));
        assert_eq!(next(&told, true), Step::Ask);
    }

    #[test]
    fn a_last_chunk_that_was_turned_away_is_asked_about() {
        let intent = Some(Intent::TurnedAway);
        let away = ClaimedPost { upload_url_lives: Duration::ZERO, intent, ..post() };
        assert_eq!(next(&away, false), Step::Ask);
    }

    #[test]
    fn what_has_ended_is_settled() {
        for status in [PostStatus::Failed, PostStatus::Cancelled] {
            assert_eq!(next(&ClaimedPost { status, ..post() }, true), Step::Settle);
        }
    }

    #[test]
    fn what_is_unknown_is_asked_about_where_tiktok_has_given_it_a_name() {
        let unknown = || ClaimedPost { status: PostStatus::OutcomeUnknown, ..post() };
        assert_eq!(next(&unknown(), false), Step::AskAgain);
        assert_eq!(next(&ClaimedPost { publish_id: None, ..unknown() }, false), Step::Settle);
    }
}
