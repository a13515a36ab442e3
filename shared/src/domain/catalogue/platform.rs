//! What a failed call to a platform means in the catalogue.

use platforms::{
    error::{PlatformError, RefusalCode},
    transport::TransportError,
};

use super::ErrorCode;

/// A limit, in whatever words: those of the token endpoints aren't documented.
const TOO_MANY_REQUESTS: u16 = 429;

impl From<&PlatformError> for ErrorCode {
    fn from(error: &PlatformError) -> Self {
        match error {
            PlatformError::Refused { code, status, .. } => match (code.into(), *status) {
                (Self::PlatformRefused, TOO_MANY_REQUESTS) => Self::RateLimitExceeded,
                (known, _) => known,
            },
            PlatformError::Unavailable(TransportError::TooLarge) => Self::PlatformAnswerUnreadable,
            PlatformError::Unavailable(_) => Self::PlatformUnavailable,
            PlatformError::Failed { status: TOO_MANY_REQUESTS, .. } => Self::RateLimitExceeded,
            PlatformError::Failed { .. } => Self::PlatformInternalError,
            PlatformError::Unreadable { .. } => Self::PlatformAnswerUnreadable,
        }
    }
}

impl From<&RefusalCode> for ErrorCode {
    fn from(code: &RefusalCode) -> Self {
        match code {
            RefusalCode::TikTokOauth(code) => code.into(),
            RefusalCode::TikTokApi(code) => code.into(),
            RefusalCode::Graph(code) => code.into(),
            RefusalCode::InstagramLogin(code) => code.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use platforms::{instagram::code::LoginCode, tiktok::code::OauthCode};

    use super::*;

    #[test]
    fn too_many_requests_are_a_limit_unless_the_platform_has_a_word_for_it() {
        let refused = |code| PlatformError::Refused { code, status: 429, log_id: None };
        let of_tiktok = |word: &str| refused(RefusalCode::TikTokOauth(OauthCode::from(word)));
        let of_instagram = refused(RefusalCode::InstagramLogin(LoginCode::from_envelope("New", 429)));
        for limit in [of_tiktok("brand_new"), of_instagram, PlatformError::Failed { status: 429, log_id: None }] {
            assert_eq!(ErrorCode::from(&limit), ErrorCode::RateLimitExceeded, "{limit}");
        }
        assert_eq!(ErrorCode::from(&of_tiktok("invalid_grant")), ErrorCode::InvalidGrant);
    }
}
