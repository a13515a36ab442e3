//! What Meta's numbers say about a token. The `match` is exhaustive: a new row needs a verdict to compile.

use super::code::GraphCode;
use crate::verdict::{Death, Verdict};

impl From<&GraphCode> for Verdict {
    fn from(code: &GraphCode) -> Self {
        match code {
            GraphCode::SessionInvalid | GraphCode::TokenInvalid => Self::TokenDead(Death::Unexplained),
            GraphCode::AppRemoved => Self::TokenDead(Death::Revoked),
            GraphCode::TokenExpired => Self::TokenDead(Death::Expired),
            GraphCode::PasswordChanged => Self::TokenDead(Death::PasswordChanged),
            GraphCode::UserCheckpointed => Self::TokenDead(Death::Checkpointed),
            GraphCode::UserUnconfirmed => Self::TokenDead(Death::Unconfirmed),
            GraphCode::SessionEnded => Self::TokenDead(Death::SessionEnded),
            GraphCode::PageRoleMissing => Self::TokenDead(Death::PageRoleLost),
            GraphCode::PermissionDenied | GraphCode::PermissionMissing => Self::NotGranted,

            GraphCode::AppRateLimited
            | GraphCode::UserRateLimited
            | GraphCode::PageRateLimited
            | GraphCode::AppLimitReached
            | GraphCode::CustomRateLimited
            | GraphCode::PagesUseCaseLimited
            | GraphCode::InstagramUseCaseLimited
            | GraphCode::MessengerUseCaseLimited
            | GraphCode::PublishQuotaReached
            | GraphCode::SuspectedSpam
            | GraphCode::PolicyBlocked => Self::Throttled,
            GraphCode::UnknownError
            | GraphCode::TemporarilyUnavailable
            | GraphCode::ServerError
            | GraphCode::ContainerCreationFailed => Self::Transient,
            GraphCode::CapabilityMissing => Self::AppAtFault,

            GraphCode::InvalidParameter
            | GraphCode::AuthorizationCodeExpired
            | GraphCode::AuthorizationCodeUsed
            | GraphCode::ObjectMissing
            | GraphCode::AliasMissing
            | GraphCode::DuplicatePost
            | GraphCode::AccountRestricted
            | GraphCode::MediaDownloadTimedOut
            | GraphCode::MediaExpired
            | GraphCode::MediaNotFound
            | GraphCode::MediaFetchFailed
            | GraphCode::MediaTypeUnknown
            | GraphCode::ContainerNotFound
            | GraphCode::ContainerNotReady
            | GraphCode::ContainerFailed2207076
            | GraphCode::ContainerFailed2207077
            | GraphCode::ContainerFailed2207085
            | GraphCode::UploadFailed
            | GraphCode::AudioMixFailed
            | GraphCode::AudioSearchRefused
            | GraphCode::DeletionUnsupported
            | GraphCode::ThumbOffsetOutOfRange
            | GraphCode::CarouselSizeInvalid
            | GraphCode::ProductTagPositionOnVideo
            | GraphCode::ProductTagPositionMissing
            | GraphCode::ProductInvalid
            | GraphCode::TooManyMentions
            | GraphCode::VideoFormatUnsupported
            | GraphCode::ImageTooLarge
            | GraphCode::ImageFormatUnsupported
            | GraphCode::AspectRatioUnsupported
            | GraphCode::CaptionTooLong
            | GraphCode::TrialReelsUnavailable
            | GraphCode::InsightsBeforeConversion
            | GraphCode::Other { .. } => Self::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(code: i64, subcode: Option<i64>) -> Verdict {
        Verdict::from(&GraphCode::from_numbers(Some(code), subcode))
    }

    #[test]
    fn each_subcode_says_what_the_token_died_of() {
        let deaths = [
            (458, Death::Revoked),
            (459, Death::Checkpointed),
            (460, Death::PasswordChanged),
            (463, Death::Expired),
            (464, Death::Unconfirmed),
            (467, Death::SessionEnded),
            (492, Death::PageRoleLost),
            (999, Death::Unexplained),
        ];
        for (subcode, death) in deaths {
            assert_eq!(verdict(190, Some(subcode)), Verdict::TokenDead(death), "{subcode}");
        }
        assert_eq!(verdict(190, None), Verdict::TokenDead(Death::Unexplained));
        assert_eq!(verdict(102, None), Verdict::TokenDead(Death::Unexplained));
        assert_eq!(verdict(102, Some(463)), Verdict::TokenDead(Death::Expired));
    }

    #[test]
    fn no_other_number_kills_a_token() {
        let kills = |code: &&GraphCode| matches!(Verdict::from(*code), Verdict::TokenDead(_));
        assert!(GraphCode::KNOWN.iter().filter(kills).all(|code| matches!(code.code(), Some(102 | 190))));
    }

    #[test]
    fn a_permission_that_is_gone_leaves_the_token_alive() {
        for code in [10, 200, 210, 299] {
            assert_eq!(verdict(code, None), Verdict::NotGranted, "{code}");
        }
    }

    #[test]
    fn a_limit_is_a_limit_whatever_its_kind() {
        for code in [4, 17, 32, 341, 613, 80_001, 80_002, 80_006] {
            assert_eq!(verdict(code, None), Verdict::Throttled, "{code}");
        }
        assert_eq!([1, 2].map(|code| verdict(code, None)), [Verdict::Transient; 2]);
    }
}
