//! What TikTok's words mean in the catalogue. Every `match` is exhaustive: a new word needs an entry to compile.

use platforms::tiktok::code::{ApiCode, FailReason, OauthCode, RemovalReason};

use super::ErrorCode;

impl From<&ApiCode> for ErrorCode {
    fn from(code: &ApiCode) -> Self {
        match code {
            ApiCode::InvalidParam => Self::InvalidParam,
            ApiCode::InvalidFileUpload => Self::InvalidFileUpload,
            ApiCode::ScopePermissionMissed => Self::ScopePermissionMissed,
            ApiCode::AccessTokenInvalid => Self::AccessTokenInvalid,
            ApiCode::ScopeNotAuthorized => Self::ScopeNotAuthorized,
            ApiCode::RateLimitExceeded => Self::RateLimitExceeded,
            ApiCode::InternalError => Self::PlatformInternalError,
            ApiCode::AppVersionCheckFailed => Self::AppVersionCheckFailed,
            ApiCode::InvalidPublishId => Self::InvalidPublishId,
            ApiCode::TokenNotAuthorizedForPublishId => Self::TokenNotAuthorizedForPublishId,
            ApiCode::PublishNotCancellable => Self::PublishNotCancellable,
            ApiCode::TooManyPosts => Self::TooManyPosts,
            ApiCode::UserBannedFromPosting => Self::UserBannedFromPosting,
            ApiCode::TooManyPendingShare => Self::TooManyPendingShare,
            ApiCode::ReachedActiveUserCap => Self::ReachedActiveUserCap,
            ApiCode::UnauditedClientPrivateOnly => Self::UnauditedClient,
            ApiCode::UrlOwnershipUnverified => Self::UrlOwnershipUnverified,
            ApiCode::PrivacyLevelOptionMismatch => Self::PrivacyLevelOptionMismatch,
            ApiCode::Other(_) => Self::PlatformRefused,
        }
    }
}

impl From<&FailReason> for ErrorCode {
    fn from(reason: &FailReason) -> Self {
        match reason {
            FailReason::FileFormatCheckFailed => Self::FileFormatCheckFailed,
            FailReason::DurationCheckFailed => Self::DurationCheckFailed,
            FailReason::FrameRateCheckFailed => Self::FrameRateCheckFailed,
            FailReason::PictureSizeCheckFailed => Self::PictureSizeCheckFailed,
            FailReason::Internal => Self::Internal,
            FailReason::VideoPullFailed => Self::VideoPullFailed,
            FailReason::PhotoPullFailed => Self::PhotoPullFailed,
            FailReason::PublishCancelled => Self::PublishCancelled,
            FailReason::AuthRemoved => Self::AuthRemoved,
            FailReason::TooManyPosts => Self::TooManyPosts,
            FailReason::UserBannedFromPosting => Self::UserBannedFromPosting,
            FailReason::SpamText => Self::SpamText,
            FailReason::Spam => Self::Spam,
            FailReason::Other(_) => Self::PlatformRefused,
        }
    }
}

impl From<&OauthCode> for ErrorCode {
    fn from(code: &OauthCode) -> Self {
        match code {
            OauthCode::InvalidRequest => Self::PlatformInvalidRequest,
            OauthCode::InvalidGrant => Self::InvalidGrant,
            OauthCode::InvalidClient => Self::InvalidClient,
            OauthCode::UnauthorizedClient => Self::UnauthorizedClient,
            OauthCode::InvalidScope => Self::InvalidScope,
            OauthCode::UnsupportedGrantType => Self::UnsupportedGrantType,
            OauthCode::UnsupportedResponseType => Self::UnsupportedResponseType,
            OauthCode::AccessDenied => Self::AccessDenied,
            OauthCode::ServerError => Self::ServerError,
            OauthCode::TemporarilyUnavailable => Self::TemporarilyUnavailable,
            OauthCode::NonSandboxTarget => Self::NonSandboxTarget,
            OauthCode::ParamError => Self::ParamError,
            OauthCode::Other(_) => Self::PlatformRefused,
        }
    }
}

impl From<&RemovalReason> for ErrorCode {
    fn from(reason: &RemovalReason) -> Self {
        match reason {
            RemovalReason::AccountDeleted => Self::AccountDeleted,
            RemovalReason::AgeChanged => Self::AccountAgeChanged,
            RemovalReason::AccountBanned => Self::AccountBanned,
            RemovalReason::Unknown | RemovalReason::PersonDisconnected => Self::AuthRemoved,
            // Whatever a new number means, the authorization is gone; after our own disconnect nobody reads this.
            RemovalReason::DeveloperRevoked | RemovalReason::Other(_) => Self::AuthRemoved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where TikTok's word is one of ours and means something else.
    const RENAMED: [(&str, &str); 2] =
        [("internal_error", "platform_internal_error"), ("invalid_request", "platform_invalid_request")];

    fn assert_keeps_its_name(word: &str, entry: ErrorCode) {
        let renamed = RENAMED.iter().find(|(from, _)| *from == word).map(|(_, to)| *to);
        assert_eq!(entry.as_str(), renamed.unwrap_or(word));
    }

    #[test]
    fn every_word_of_tiktok_keeps_its_name() {
        ApiCode::KNOWN.iter().for_each(|code| assert_keeps_its_name(code.as_str(), code.into()));
        FailReason::KNOWN.iter().for_each(|reason| assert_keeps_its_name(reason.as_str(), reason.into()));
        OauthCode::KNOWN.iter().for_each(|code| assert_keeps_its_name(code.as_str(), code.into()));
    }

    #[test]
    fn a_new_word_is_a_refusal_that_is_not_sent_again() {
        let entries = [
            ErrorCode::from(&ApiCode::from("brand_new")),
            ErrorCode::from(&FailReason::from("brand_new")),
            ErrorCode::from(&OauthCode::from("brand_new")),
        ];
        assert!(entries.iter().all(|&entry| entry == ErrorCode::PlatformRefused && !entry.is_retryable()));
    }

    #[test]
    fn an_authorization_that_ended_says_why_where_the_way_out_differs() {
        let codes: Vec<_> = (0..=6).map(|number| ErrorCode::from(&RemovalReason::from(number)).as_str()).collect();
        let expected = [
            "auth_removed",
            "auth_removed",
            "account_deleted",
            "account_age_changed",
            "account_banned",
            "auth_removed",
            "auth_removed",
        ];
        assert_eq!(codes, expected);
    }

    #[test]
    fn only_what_tiktok_calls_retryable_is_published_again() {
        let again = |reason: &&FailReason| ErrorCode::from(*reason).is_retryable();
        let words: Vec<_> = FailReason::KNOWN.iter().filter(again).map(FailReason::as_str).collect();
        assert_eq!(words, ["internal", "video_pull_failed", "photo_pull_failed", "spam_risk_too_many_posts"]);
    }
}
