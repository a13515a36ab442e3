//! What Meta's numbers and names mean in the catalogue. Every `match` is exhaustive: a new row needs an entry to
//! compile.

use platforms::instagram::code::{ExceptionName, GraphCode, LoginCode, RedirectRefusal};

use super::ErrorCode;

impl From<&GraphCode> for ErrorCode {
    fn from(code: &GraphCode) -> Self {
        match code {
            GraphCode::UnknownError | GraphCode::ServerError | GraphCode::ContainerCreationFailed => {
                Self::PlatformInternalError
            }
            GraphCode::TemporarilyUnavailable => Self::TemporarilyUnavailable,
            GraphCode::CapabilityMissing => Self::AppCapabilityMissing,
            GraphCode::InvalidParameter | GraphCode::MediaTypeUnknown | GraphCode::AudioSearchRefused => {
                Self::PlatformInvalidRequest
            }

            GraphCode::AppRateLimited
            | GraphCode::UserRateLimited
            | GraphCode::PageRateLimited
            | GraphCode::AppLimitReached
            | GraphCode::CustomRateLimited
            | GraphCode::PagesUseCaseLimited
            | GraphCode::InstagramUseCaseLimited
            | GraphCode::MessengerUseCaseLimited => Self::RateLimitExceeded,
            GraphCode::PublishQuotaReached => Self::PublishQuotaReached,
            GraphCode::SuspectedSpam | GraphCode::PolicyBlocked => Self::ActionBlocked,

            GraphCode::PermissionDenied | GraphCode::PermissionMissing => Self::ScopeNotAuthorized,
            GraphCode::AuthorizationCodeExpired | GraphCode::AuthorizationCodeUsed => Self::InvalidGrant,
            GraphCode::SessionInvalid
            | GraphCode::TokenInvalid
            | GraphCode::TokenExpired
            | GraphCode::PasswordChanged
            | GraphCode::SessionEnded => Self::AccessTokenInvalid,
            GraphCode::AppRemoved => Self::AuthRemoved,
            GraphCode::UserCheckpointed => Self::AccountCheckpointed,
            GraphCode::UserUnconfirmed => Self::AccountUnconfirmed,
            GraphCode::PageRoleMissing => Self::PageRoleMissing,
            GraphCode::AccountRestricted => Self::AccountRestricted,

            GraphCode::MediaDownloadTimedOut | GraphCode::MediaFetchFailed => Self::MediaFetchFailed,
            GraphCode::MediaExpired | GraphCode::MediaNotFound | GraphCode::ContainerNotFound => Self::ContainerGone,
            GraphCode::ContainerNotReady => Self::ContainerNotReady,
            GraphCode::UploadFailed
            | GraphCode::AudioMixFailed
            | GraphCode::ContainerFailed2207076
            | GraphCode::ContainerFailed2207077
            | GraphCode::ContainerFailed2207085 => Self::MediaProcessingFailed,

            GraphCode::DuplicatePost => Self::DuplicateContent,
            GraphCode::ThumbOffsetOutOfRange => Self::ThumbOffsetOutOfRange,
            GraphCode::CarouselSizeInvalid => Self::CarouselSizeInvalid,
            GraphCode::ProductTagPositionOnVideo | GraphCode::ProductTagPositionMissing | GraphCode::ProductInvalid => {
                Self::ProductTagInvalid
            }
            GraphCode::TooManyMentions => Self::TooManyMentions,
            GraphCode::VideoFormatUnsupported => Self::VideoFormatUnsupported,
            GraphCode::ImageTooLarge => Self::ImageTooLarge,
            GraphCode::ImageFormatUnsupported => Self::ImageFormatUnsupported,
            GraphCode::AspectRatioUnsupported => Self::AspectRatioUnsupported,
            GraphCode::CaptionTooLong => Self::CaptionTooLong,
            GraphCode::TrialReelsUnavailable => Self::TrialReelsUnavailable,

            GraphCode::ObjectMissing | GraphCode::AliasMissing => Self::ContentNotFound,
            GraphCode::DeletionUnsupported => Self::MediaNotDeletable,
            GraphCode::InsightsBeforeConversion => Self::InsightsUnavailable,
            GraphCode::Other { .. } => Self::PlatformRefused,
        }
    }
}

impl From<&RedirectRefusal> for ErrorCode {
    fn from(refusal: &RedirectRefusal) -> Self {
        match refusal {
            RedirectRefusal::UserDenied | RedirectRefusal::AccessDenied => Self::AccessDenied,
            RedirectRefusal::Coded(code) => code.into(),
            RedirectRefusal::Other(_) => Self::PlatformRefused,
        }
    }
}

impl From<&LoginCode> for ErrorCode {
    fn from(code: &LoginCode) -> Self {
        match code {
            LoginCode::OAuthException => Self::InvalidGrant,
            LoginCode::Other { .. } => Self::PlatformRefused,
        }
    }
}

impl From<&ExceptionName> for ErrorCode {
    fn from(name: &ExceptionName) -> Self {
        match name {
            ExceptionName::InvalidLocationId => Self::InvalidLocationId,
            ExceptionName::ProcessingFailed => Self::MediaProcessingFailed,
            ExceptionName::Other(_) => Self::PlatformRefused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Meta's numbers, and the entry that they lead to.
    const ROWS: [(Option<i64>, Option<i64>, &str); 64] = [
        (Some(1), None, "platform_internal_error"),
        (Some(2), None, "temporarily_unavailable"),
        (Some(3), None, "app_capability_missing"),
        (Some(4), None, "rate_limit_exceeded"),
        (Some(4), Some(2_207_051), "action_blocked"),
        (Some(10), None, "scope_not_authorized"),
        (Some(17), None, "rate_limit_exceeded"),
        (Some(32), None, "rate_limit_exceeded"),
        (Some(100), None, "platform_invalid_request"),
        (Some(100), Some(33), "content_not_found"),
        (Some(100), Some(36007), "invalid_grant"),
        (Some(100), Some(36009), "invalid_grant"),
        (Some(102), None, "access_token_invalid"),
        (Some(190), None, "access_token_invalid"),
        (Some(190), Some(458), "auth_removed"),
        (Some(190), Some(459), "account_checkpointed"),
        (Some(190), Some(460), "access_token_invalid"),
        (Some(190), Some(463), "access_token_invalid"),
        (Some(190), Some(464), "account_unconfirmed"),
        (Some(190), Some(467), "access_token_invalid"),
        (Some(190), Some(492), "page_role_missing"),
        (Some(200), None, "scope_not_authorized"),
        (Some(299), None, "scope_not_authorized"),
        (Some(341), None, "rate_limit_exceeded"),
        (Some(368), None, "action_blocked"),
        (Some(506), None, "duplicate_content"),
        (Some(613), None, "rate_limit_exceeded"),
        (Some(613), Some(1996), "rate_limit_exceeded"),
        (Some(803), None, "content_not_found"),
        (Some(80001), None, "rate_limit_exceeded"),
        (Some(80002), None, "rate_limit_exceeded"),
        (Some(80006), None, "rate_limit_exceeded"),
        (Some(-2), Some(2_207_003), "media_fetch_failed"),
        (Some(-2), Some(2_207_020), "container_gone"),
        (Some(-1), Some(2_207_001), "platform_internal_error"),
        (Some(-1), Some(2_207_032), "platform_internal_error"),
        (Some(-1), Some(2_207_053), "media_processing_failed"),
        (Some(-1), Some(2_207_073), "media_not_deletable"),
        (Some(1), Some(2_207_057), "thumb_offset_out_of_range"),
        (Some(9), Some(2_207_042), "publish_quota_reached"),
        (Some(24), Some(2_207_006), "container_gone"),
        (Some(24), Some(2_207_008), "container_gone"),
        (Some(25), Some(2_207_050), "account_restricted"),
        (Some(100), Some(2_207_023), "platform_invalid_request"),
        (Some(100), Some(2_207_028), "carousel_size_invalid"),
        (Some(100), Some(2_207_035), "product_tag_invalid"),
        (Some(100), Some(2_207_036), "product_tag_invalid"),
        (Some(100), Some(2_207_037), "product_tag_invalid"),
        (Some(100), Some(2_207_040), "too_many_mentions"),
        (Some(352), Some(2_207_026), "video_format_unsupported"),
        (Some(9004), Some(2_207_052), "media_fetch_failed"),
        (Some(9007), Some(2_207_027), "container_not_ready"),
        (Some(36000), Some(2_207_004), "image_too_large"),
        (Some(36001), Some(2_207_005), "image_format_unsupported"),
        (Some(36003), Some(2_207_009), "aspect_ratio_unsupported"),
        (Some(36004), Some(2_207_010), "caption_too_long"),
        (None, Some(2_207_076), "media_processing_failed"),
        (None, Some(2_207_077), "media_processing_failed"),
        (None, Some(2_207_081), "trial_reels_unavailable"),
        (None, Some(2_207_082), "media_processing_failed"),
        (None, Some(2_207_085), "media_processing_failed"),
        (None, Some(2_108_006), "insights_unavailable"),
        (Some(100), Some(9050), "platform_invalid_request"),
        (Some(100), Some(9064), "platform_invalid_request"),
    ];

    #[test]
    fn every_documented_number_leads_to_its_entry() {
        for (code, subcode, entry) in ROWS {
            let graph = GraphCode::from_numbers(code, subcode);
            assert_eq!(ErrorCode::from(&graph).as_str(), entry, "{graph}");
        }
    }

    #[test]
    fn every_known_number_has_an_entry_of_its_own_meaning() {
        for graph in GraphCode::KNOWN {
            assert_ne!(ErrorCode::from(graph), ErrorCode::PlatformRefused, "{graph}");
        }
    }

    #[test]
    fn refused_logins_and_named_exceptions_have_entries() {
        let denied = RedirectRefusal::from_query(Some("access_denied"), Some("user_denied"), Some("200"));
        assert_eq!(ErrorCode::from(&denied), ErrorCode::AccessDenied);
        let coded = RedirectRefusal::from_query(None, None, Some("2"));
        assert_eq!(ErrorCode::from(&coded), ErrorCode::TemporarilyUnavailable);
        let login = LoginCode::from_envelope("OAuthException", 400);
        assert_eq!(ErrorCode::from(&login), ErrorCode::InvalidGrant);
        let location = ExceptionName::from("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID");
        assert_eq!(ErrorCode::from(&location), ErrorCode::InvalidLocationId);
        let upload = ExceptionName::from("ProcessingFailedError");
        assert_eq!(ErrorCode::from(&upload), ErrorCode::MediaProcessingFailed);
    }

    #[test]
    fn what_meta_invents_is_a_refusal_that_is_not_sent_again() {
        let entries = [
            ErrorCode::from(&GraphCode::from_numbers(Some(12345), None)),
            ErrorCode::from(&GraphCode::from_numbers(None, None)),
            ErrorCode::from(&RedirectRefusal::from_query(None, None, None)),
            ErrorCode::from(&LoginCode::from_envelope("New", 400)),
            ErrorCode::from(&ExceptionName::from("New")),
        ];
        assert!(entries.iter().all(|&entry| entry == ErrorCode::PlatformRefused && !entry.is_retryable()));
    }
}
