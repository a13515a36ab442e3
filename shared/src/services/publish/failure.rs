//! What a failure means for the post: it's over, it waits for a quota, or the step is tried again.

use std::{error::Error, time::Duration};

use platforms::{error::PlatformError, tiktok::publish::target::UploadTargetError, verdict::Verdict};

use super::pauses;
use crate::{
    crypto::VaultError,
    domain::catalogue::ErrorCode,
    media::BucketError,
    queue::QueueError,
    services::{
        media::MediaError,
        tokens::{CallError, TokenError},
    },
    store::{StoreError, publish_ends::Reason},
    telemetry::causes,
};

/// Why a step wasn't taken to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something said no, or didn't answer.
    Failed(Failure),
    /// Somebody else has the post by now, or a webhook has moved it on.
    Overtaken,
    /// The database failed, so nothing can be written down either.
    Store(StoreError),
    /// The message that asks for the next step isn't sent.
    Queue(QueueError),
}

/// What a failure means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// It would fail again.
    Final(Reason),
    /// A quota is used up for today.
    Quota(Reason),
    /// Later it may work: not before so long, where that is known.
    Passing(Reason, Option<Duration>),
}

impl Failure {
    pub(super) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self::Final(Reason { code, detail: detail.into() })
    }

    pub(super) fn passing(code: ErrorCode, error: &(dyn Error + 'static)) -> Self {
        Self::Passing(Reason { code, detail: causes(error) }, None)
    }

    /// Something of ours, which has nothing to say to the post's owner: what is behind it is told in the log alone.
    pub(super) fn ours(error: &(dyn Error + 'static), said: &str) -> Self {
        tracing::warn!(cause = causes(error), said, "a step lacks something of ours");
        Self::Passing(Reason { code: ErrorCode::ServiceUnavailable, detail: said.to_owned() }, None)
    }

    fn of(code: ErrorCode, error: &(dyn Error + 'static)) -> Self {
        Self::new(code, causes(error))
    }

    /// What is behind it.
    pub(super) fn reason(&self) -> &Reason {
        match self {
            Self::Final(reason) | Self::Quota(reason) | Self::Passing(reason, _) => reason,
        }
    }

    /// How long to wait at least.
    pub(super) fn pause(&self) -> Duration {
        if let Self::Passing(_, Some(pause)) = self { *pause } else { Duration::ZERO }
    }
}

impl From<&PlatformError> for Failure {
    fn from(error: &PlatformError) -> Self {
        let code = ErrorCode::from(error);
        let reason = Reason { code, detail: causes(error) };
        match (Verdict::from(error), code) {
            (
                Verdict::Throttled,
                ErrorCode::TooManyPosts | ErrorCode::TooManyPendingShare | ErrorCode::ReachedActiveUserCap,
            ) => Self::Quota(reason),
            (Verdict::Throttled, _) => Self::Passing(reason, Some(pauses::AFTER_A_LIMIT)),
            (Verdict::Transient, _) => Self::Passing(reason, None),
            (Verdict::TokenDead(_) | Verdict::NotGranted | Verdict::AppAtFault | Verdict::Refused, _) => {
                Self::Final(reason)
            }
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<PlatformError> for Stop {
    fn from(error: PlatformError) -> Self {
        Self::Failed((&error).into())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<QueueError> for Stop {
    fn from(error: QueueError) -> Self {
        Self::Queue(error)
    }
}

impl From<VaultError> for Stop {
    fn from(error: VaultError) -> Self {
        Self::Failed(Failure::ours(&error, "the vault failed"))
    }
}

impl From<UploadTargetError> for Stop {
    fn from(error: UploadTargetError) -> Self {
        Self::Failed(Failure::of(ErrorCode::PlatformAnswerUnreadable, &error))
    }
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Platform(error) => error.into(),
            CallError::Token(TokenError::Store(error)) => error.into(),
            CallError::Token(TokenError::Vault(error)) => error.into(),
            CallError::Token(TokenError::Ended(code)) => Self::Failed(Failure::of(code, &error)),
            CallError::Token(TokenError::NotFound) => Self::Failed(Failure::of(ErrorCode::ReconnectRequired, &error)),
            CallError::Token(TokenError::Later) => {
                Self::Failed(Failure::passing(ErrorCode::PlatformUnavailable, &error))
            }
        }
    }
}

impl From<MediaError> for Stop {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Store(error) => error.into(),
            MediaError::Bucket(error) => error.into(),
            MediaError::TooSlow | MediaError::NoRandomness => Self::Failed(Failure::ours(&error, &error.to_string())),
            _ => Self::Failed(Failure::of(error.code(), &error)),
        }
    }
}

impl From<BucketError> for Stop {
    fn from(error: BucketError) -> Self {
        Self::Failed(match error {
            BucketError::Gone => Failure::of(ErrorCode::MediaExpired, &error),
            BucketError::Changed => Failure::of(ErrorCode::MediaDiffers, &error),
            BucketError::Unavailable(_) | BucketError::Refused(_) => Failure::ours(&error, "the bucket did not do it"),
        })
    }
}

#[cfg(test)]
mod tests {
    use platforms::{error::RefusalCode, tiktok::code::ApiCode};

    use super::*;

    fn refused(word: &str, status: u16) -> Failure {
        let code = RefusalCode::TikTokApi(ApiCode::from(word));
        Failure::from(&PlatformError::Refused { code, status, log_id: Some("L7".to_owned()) })
    }

    #[test]
    fn a_used_up_quota_is_waited_for_and_a_limit_passes_in_a_minute() {
        for word in ["spam_risk_too_many_posts", "spam_risk_too_many_pending_share", "reached_active_user_cap"] {
            assert!(matches!(refused(word, 200), Failure::Quota(_)), "{word}");
        }
        let limit = refused("rate_limit_exceeded", 429);
        assert!(matches!(limit, Failure::Passing(_, Some(pause)) if pause.as_secs() >= 60), "{limit:?}");
    }

    #[test]
    fn what_would_be_refused_again_is_final_and_tiktoks_own_trouble_is_not() {
        for word in ["spam_risk_user_banned_from_posting", "invalid_params", "scope_not_authorized", "brand_new"] {
            assert!(matches!(refused(word, 403), Failure::Final(_)), "{word}");
        }
        assert!(matches!(refused("internal_error", 500), Failure::Passing(_, None)));
    }

    #[test]
    fn what_is_wrong_with_us_passes_and_the_owner_is_told_no_internals() {
        let story = || "AccessDenied: arn:aws:iam::1".to_owned();
        for stop in [
            BucketError::Refused(story()).into(),
            BucketError::Unavailable(story()).into(),
            MediaError::Bucket(BucketError::Refused(story())).into(),
            Stop::from(VaultError::Refused(story())),
        ] {
            let Stop::Failed(failure @ Failure::Passing(..)) = &stop else { panic!("{stop:?}") };
            assert!(!failure.reason().detail.contains("arn"), "{failure:?}");
        }
    }

    #[test]
    fn a_reason_has_what_tiktoks_support_asks_for() {
        assert!(refused("spam_risk", 403).reason().detail.contains("L7"));
    }
}
