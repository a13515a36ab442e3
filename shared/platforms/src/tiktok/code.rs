//! The words by which TikTok says no.
//!
//! There are four vocabularies, one per place on the wire, and they stay apart: an API call's `error.code`, a post's
//! `fail_reason`, a login's `error` and the number in `authorization.removed`. A word that isn't known here is kept as
//! it came, never guessed at. What each means to a person is decided above this package.

/// The `error.code` of a call that succeeded. HTTP 200 alone is no proof: creator_info refuses with 200.
pub const OK: &str = "ok";

/// One enum per vocabulary: a variant, TikTok's word for it and, after `|`, other spellings of the same word.
macro_rules! vocabulary {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal $(| $other:literal)*;)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
            /// A word that isn't known here, as it came.
            Other(Box<str>),
        }

        impl $name {
            /// Every known word, in the order of the table.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The word as TikTok spells it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word $(| $other)* => Self::$variant,)+
                    other => Self::Other(other.into()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(super) use vocabulary;

vocabulary! {
    /// `error.code` in the envelope of the Display and Content Posting APIs.
    ///
    /// developers.tiktok.com, API v2: error handling; Content Posting API: the error tables of each call.
    ApiCode {
        /// A parameter is wrong; the message says which. Content Posting documents the singular and answers with both.
        InvalidParam = "invalid_param" | "invalid_params";
        /// The uploaded file doesn't meet the specification.
        InvalidFileUpload = "invalid_file_upload";
        /// Some of the requested fields need a scope that the token lacks.
        ScopePermissionMissed = "scope_permission_missed";
        /// The access token is expired, revoked or not ours: refresh once, then the person must connect again.
        AccessTokenInvalid = "access_token_invalid";
        /// The person didn't grant the scope. A refresh never adds one.
        ScopeNotAuthorized = "scope_not_authorized";
        /// Too many calls within the last minute.
        RateLimitExceeded = "rate_limit_exceeded";
        /// Trouble on TikTok's side. After an init the outcome is unknown.
        InternalError = "internal_error";
        /// The person's TikTok app is older than 31.8 and can't finish a photo draft.
        AppVersionCheckFailed = "app_version_check_failed";
        /// TikTok doesn't know this `publish_id`.
        InvalidPublishId = "invalid_publish_id";
        /// The `publish_id` belongs to another account than the token.
        TokenNotAuthorizedForPublishId = "token_not_authorized_for_specified_publish_id";
        /// The download is over, so there is nothing left to cancel.
        PublishNotCancellable = "publish_not_cancellable";
        /// The creator's daily number of posts, shared by all apps, is used up.
        TooManyPosts = "spam_risk_too_many_posts";
        /// TikTok has banned the account from posting.
        UserBannedFromPosting = "spam_risk_user_banned_from_posting";
        /// Five drafts of the last 24 hours wait unfinished in the person's inbox.
        TooManyPendingShare = "spam_risk_too_many_pending_share";
        /// Our app's number of posting people within 24 hours is used up.
        ReachedActiveUserCap = "reached_active_user_cap";
        /// Before the audit the account itself, not just the post, must be private.
        UnauditedClientPrivateOnly = "unaudited_client_can_only_post_to_private_accounts";
        /// The media's host isn't verified for our app.
        UrlOwnershipUnverified = "url_ownership_unverified";
        /// The privacy level isn't among those that creator_info offers. TikTok counts these against the app.
        PrivacyLevelOptionMismatch = "privacy_level_option_mismatch";
    }
}

vocabulary! {
    /// Why a post failed: `fail_reason` of status/fetch, `reason` of the `post.publish.failed` webhook.
    ///
    /// developers.tiktok.com, Content Posting API: get post status, fail reasons.
    FailReason {
        /// The container or codec isn't accepted.
        FileFormatCheckFailed = "file_format_check_failed";
        /// Too long or too short for this creator.
        DurationCheckFailed = "duration_check_failed";
        /// Outside 23 to 60 frames per second.
        FrameRateCheckFailed = "frame_rate_check_failed";
        /// A picture's size isn't accepted. One bad picture fails the whole post, and TikTok doesn't say which.
        PictureSizeCheckFailed = "picture_size_check_failed";
        /// Trouble on TikTok's side; documented as retryable.
        Internal = "internal";
        /// The video couldn't be downloaded within the hour.
        VideoPullFailed = "video_pull_failed";
        /// A photo couldn't be downloaded within the hour.
        PhotoPullFailed = "photo_pull_failed";
        /// We cancelled it.
        PublishCancelled = "publish_cancelled";
        /// The person took the app's access away meanwhile.
        AuthRemoved = "auth_removed";
        /// The creator's daily number of posts, shared by all apps, is used up.
        TooManyPosts = "spam_risk_too_many_posts";
        /// TikTok has banned the account from posting.
        UserBannedFromPosting = "spam_risk_user_banned_from_posting";
        /// The caption looks like spam.
        SpamText = "spam_risk_text";
        /// The post as a whole looks like spam.
        Spam = "spam_risk";
    }
}

vocabulary! {
    /// `error` of the token and revoke endpoints, of the redirect back and of TikTok's own consent page.
    ///
    /// developers.tiktok.com, Login Kit: OAuth error handling; the last two are seen in production only.
    OauthCode {
        /// A parameter is missing or wrong: redirect address, PKCE verifier, sometimes a bad token.
        InvalidRequest = "invalid_request";
        /// The code or refresh token is used, expired, revoked or another client's.
        InvalidGrant = "invalid_grant";
        /// Our key or secret is wrong. Says nothing about any account.
        InvalidClient = "invalid_client";
        /// Our app may not use this flow.
        UnauthorizedClient = "unauthorized_client";
        /// A scope isn't enabled for our app.
        InvalidScope = "invalid_scope";
        /// The `grant_type` isn't known.
        UnsupportedGrantType = "unsupported_grant_type";
        /// The `response_type` isn't known.
        UnsupportedResponseType = "unsupported_response_type";
        /// The person, or TikTok, refused.
        AccessDenied = "access_denied";
        /// Trouble on TikTok's side.
        ServerError = "server_error";
        /// TikTok is overloaded or being serviced.
        TemporarilyUnavailable = "temporarily_unavailable";
        /// The app is a sandbox and the account isn't one of its target users.
        NonSandboxTarget = "non_sandbox_target";
        /// A parameter of the consent page doesn't fit how the app is registered; `error_type` names it.
        ParamError = "param_error";
    }
}

impl OauthCode {
    /// Reads a redirect that came back without a code. `errCode`, which the web documentation doesn't list but
    /// TikTok's SDKs read, decides where `error` is missing or new. Both missing is `Other` with an empty word.
    #[must_use]
    pub fn from_redirect(error: Option<&str>, err_code: Option<&str>) -> Self {
        match (Self::from(error.unwrap_or_default()), err_code) {
            (Self::Other(_), Some("-2")) => Self::AccessDenied,
            (Self::Other(_), Some("10007")) => Self::ParamError,
            (code, _) => code,
        }
    }
}

/// Why TikTok has ended an authorization: the number in the `authorization.removed` webhook.
///
/// developers.tiktok.com, Webhooks: events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemovalReason {
    /// 0: TikTok doesn't say.
    Unknown,
    /// 1: the person disconnected the app in TikTok.
    PersonDisconnected,
    /// 2: the account is gone.
    AccountDeleted,
    /// 3: the account's age has changed.
    AgeChanged,
    /// 4: the account is banned.
    AccountBanned,
    /// 5: we revoked it. Follows each of our own disconnects.
    DeveloperRevoked,
    /// A number that isn't known here.
    Other(i64),
}

impl From<i64> for RemovalReason {
    fn from(number: i64) -> Self {
        match number {
            0 => Self::Unknown,
            1 => Self::PersonDisconnected,
            2 => Self::AccountDeleted,
            3 => Self::AgeChanged,
            4 => Self::AccountBanned,
            5 => Self::DeveloperRevoked,
            other => Self::Other(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // What the documentation and reports from production name, to hold the tables above against.
    const API_WORDS: &str = "
        invalid_param invalid_params invalid_file_upload scope_permission_missed access_token_invalid
        scope_not_authorized rate_limit_exceeded internal_error app_version_check_failed invalid_publish_id
        token_not_authorized_for_specified_publish_id publish_not_cancellable spam_risk_too_many_posts
        spam_risk_user_banned_from_posting spam_risk_too_many_pending_share reached_active_user_cap
        unaudited_client_can_only_post_to_private_accounts url_ownership_unverified privacy_level_option_mismatch";
    const FAIL_WORDS: &str = "
        file_format_check_failed duration_check_failed frame_rate_check_failed picture_size_check_failed internal
        video_pull_failed photo_pull_failed publish_cancelled auth_removed spam_risk_too_many_posts
        spam_risk_user_banned_from_posting spam_risk_text spam_risk";
    const OAUTH_WORDS: &str = "
        invalid_request invalid_grant invalid_client unauthorized_client invalid_scope unsupported_grant_type
        unsupported_response_type access_denied server_error temporarily_unavailable non_sandbox_target
        param_error";

    #[test]
    fn every_documented_word_is_known_and_keeps_its_spelling() {
        for word in API_WORDS.split_whitespace() {
            let code = ApiCode::from(word);
            assert!(ApiCode::KNOWN.contains(&code), "{word}");
            assert_eq!(code.as_str(), if word == "invalid_params" { "invalid_param" } else { word });
        }
        for word in FAIL_WORDS.split_whitespace() {
            let reason = FailReason::from(word);
            assert!(FailReason::KNOWN.contains(&reason), "{word}");
            assert_eq!(reason.as_str(), word);
        }
        for word in OAUTH_WORDS.split_whitespace() {
            let code = OauthCode::from(word);
            assert!(OauthCode::KNOWN.contains(&code), "{word}");
            assert_eq!(code.as_str(), word);
        }
    }

    #[test]
    fn nothing_is_known_that_is_not_documented() {
        let is_in = |words: &str, word: &str| words.split_whitespace().any(|documented| documented == word);
        assert!(ApiCode::KNOWN.iter().all(|code| is_in(API_WORDS, code.as_str())));
        assert!(FailReason::KNOWN.iter().all(|reason| is_in(FAIL_WORDS, reason.as_str())));
        assert!(OauthCode::KNOWN.iter().all(|code| is_in(OAUTH_WORDS, code.as_str())));
    }

    #[test]
    fn both_spellings_of_a_wrong_parameter_are_one_code() {
        assert_eq!(ApiCode::from("invalid_param"), ApiCode::from("invalid_params"));
    }

    #[test]
    fn a_new_word_is_kept_as_it_came() {
        assert_eq!(ApiCode::from("Brand_New"), ApiCode::Other("Brand_New".into()));
        assert_eq!(FailReason::from("brand_new").to_string(), "brand_new");
    }

    #[test]
    fn a_redirect_is_read_by_its_word_and_else_by_its_number() {
        assert_eq!(OauthCode::from_redirect(Some("access_denied"), None), OauthCode::AccessDenied);
        assert_eq!(OauthCode::from_redirect(Some("non_sandbox_target"), Some("-2")), OauthCode::NonSandboxTarget);
        assert_eq!(OauthCode::from_redirect(None, Some("-2")), OauthCode::AccessDenied);
        assert_eq!(OauthCode::from_redirect(Some("new"), Some("10007")), OauthCode::ParamError);
        assert_eq!(OauthCode::from_redirect(Some("new"), Some("7")), OauthCode::Other("new".into()));
        assert_eq!(OauthCode::from_redirect(None, None), OauthCode::Other("".into()));
    }

    #[test]
    fn a_new_removal_reason_keeps_its_number() {
        assert!((0..=5).all(|number| !matches!(RemovalReason::from(number), RemovalReason::Other(_))));
        assert_eq!(RemovalReason::from(6), RemovalReason::Other(6));
    }
}
