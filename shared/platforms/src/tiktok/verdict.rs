//! What TikTok's words say about a token. Every `match` is exhaustive: a new word needs a verdict to compile.

use super::code::{ApiCode, OauthCode};
use crate::verdict::{Death, Verdict};

impl From<&ApiCode> for Verdict {
    fn from(code: &ApiCode) -> Self {
        match code {
            ApiCode::AccessTokenInvalid => Self::TokenDead(Death::Unexplained),
            ApiCode::ScopeNotAuthorized | ApiCode::ScopePermissionMissed => Self::NotGranted,
            ApiCode::RateLimitExceeded
            | ApiCode::TooManyPosts
            | ApiCode::TooManyPendingShare
            | ApiCode::ReachedActiveUserCap => Self::Throttled,
            ApiCode::InternalError => Self::Transient,
            ApiCode::UnauditedClientPrivateOnly | ApiCode::UrlOwnershipUnverified => Self::AppAtFault,
            ApiCode::InvalidParam
            | ApiCode::InvalidFileUpload
            | ApiCode::AppVersionCheckFailed
            | ApiCode::InvalidPublishId
            | ApiCode::TokenNotAuthorizedForPublishId
            | ApiCode::PublishNotCancellable
            | ApiCode::UserBannedFromPosting
            | ApiCode::PrivacyLevelOptionMismatch
            | ApiCode::Other(_) => Self::Refused,
        }
    }
}

impl From<&OauthCode> for Verdict {
    fn from(code: &OauthCode) -> Self {
        match code {
            OauthCode::InvalidGrant | OauthCode::AccessDenied => Self::TokenDead(Death::Unexplained),
            OauthCode::ServerError | OauthCode::TemporarilyUnavailable => Self::Transient,
            OauthCode::InvalidClient
            | OauthCode::UnauthorizedClient
            | OauthCode::InvalidScope
            | OauthCode::UnsupportedGrantType
            | OauthCode::UnsupportedResponseType
            | OauthCode::NonSandboxTarget
            | OauthCode::ParamError => Self::AppAtFault,
            OauthCode::InvalidRequest | OauthCode::Other(_) => Self::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_words_say_that_a_token_is_dead() {
        let kills = |verdict| matches!(verdict, Verdict::TokenDead(_));
        let api = ApiCode::KNOWN.iter().filter(|&code| kills(code.into())).map(ApiCode::as_str);
        let oauth = OauthCode::KNOWN.iter().filter(|&code| kills(code.into())).map(OauthCode::as_str);
        assert_eq!(api.chain(oauth).collect::<Vec<_>>(), ["access_token_invalid", "invalid_grant", "access_denied"]);
    }

    #[test]
    fn a_wrong_client_secret_blames_no_account() {
        assert_eq!(Verdict::from(&OauthCode::InvalidClient), Verdict::AppAtFault);
    }

    #[test]
    fn a_scope_that_was_not_granted_leaves_the_token_alive() {
        for word in ["scope_not_authorized", "scope_permission_missed"] {
            assert_eq!(Verdict::from(&ApiCode::from(word)), Verdict::NotGranted);
        }
    }
}
