//! What a failed call means for the token that it was made with, and for what it asked to be done.
//!
//! The codes are the platforms' own; these are the questions that everybody who holds a token, or may create something
//! twice, asks about them. What a person is told is decided above this package.

use crate::{
    error::{PlatformError, RefusalCode},
    transport::TransportError,
};

/// What to make of a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The token doesn't work any more. A TikTok access token may be renewed once; otherwise the person must connect
    /// again, after a second look: somebody else may have renewed it meanwhile, and Meta says the same of a wrong proof.
    TokenDead(Death),
    /// The token works, but this was never granted, or was taken back. No refresh adds it: the person must connect again.
    NotGranted,
    /// Too much for now. A limit passes within minutes, a block for spam or policy within hours.
    Throttled,
    /// The platform's own trouble, or nobody knows. Says nothing about the token.
    Transient,
    /// Our app is known or set up wrongly. No account is to blame, so none may be marked.
    AppAtFault,
    /// What was asked is wrong, and would be wrong again.
    Refused,
}

/// What a token died of, as far as the platform tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Death {
    /// It isn't told. TikTok never does, and Meta only with a subcode.
    Unexplained,
    /// The person removed the app.
    Revoked,
    /// Its time was over.
    Expired,
    /// The person changed the password.
    PasswordChanged,
    /// The person must pass a check at facebook.com, and the token may live again.
    Checkpointed,
    /// The person must confirm the account, and the token may live again.
    Unconfirmed,
    /// Logged out, or ended by Meta.
    SessionEnded,
    /// The person has no role on this Page any more. Other Pages of the same person may live on.
    PageRoleLost,
}

/// Whether a call that failed may have done what it asked for all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Certainly not: it never left, or the platform refused it. It may be sent again.
    NotDone,
    /// Perhaps: the answer was lost, or says nothing. What must not happen twice is not to be sent again.
    Unknown,
}

impl From<&PlatformError> for Outcome {
    fn from(error: &PlatformError) -> Self {
        match error {
            PlatformError::Unavailable(TransportError::Tls(_) | TransportError::NotSent(_)) => Self::NotDone,
            PlatformError::Unavailable(TransportError::NoAnswer(_) | TransportError::TooLarge) => Self::Unknown,
            PlatformError::Refused { status: 500.., .. } | PlatformError::Failed { .. } => Self::Unknown,
            // Trouble on the platform's side refuses nothing; any other word does.
            PlatformError::Refused { code, .. } if Verdict::from(code) == Verdict::Transient => Self::Unknown,
            PlatformError::Refused { .. } | PlatformError::Unreadable { status: 429, .. } => Self::NotDone,
            PlatformError::Unreadable { .. } => Self::Unknown,
        }
    }
}

impl From<&PlatformError> for Verdict {
    fn from(error: &PlatformError) -> Self {
        match error {
            PlatformError::Refused { code, status, .. } => match (Self::from(code), *status) {
                // A word that isn't known: the status is all there is.
                (Self::Refused, 429) => Self::Throttled,
                (Self::Refused, 500..) => Self::Transient,
                (verdict, _) => verdict,
            },
            PlatformError::Unreadable { status: 429, .. } => Self::Throttled,
            PlatformError::Unavailable(_) | PlatformError::Failed { .. } | PlatformError::Unreadable { .. } => {
                Self::Transient
            }
        }
    }
}

impl From<&RefusalCode> for Verdict {
    fn from(code: &RefusalCode) -> Self {
        match code {
            RefusalCode::TikTokOauth(code) => code.into(),
            RefusalCode::TikTokApi(code) => code.into(),
            RefusalCode::Graph(code) => code.into(),
            // Answers the exchange of a code only, before there is a token.
            RefusalCode::InstagramLogin(_) => Self::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        instagram::code::GraphCode,
        tiktok::code::{ApiCode, OauthCode},
    };

    fn refused(code: RefusalCode, status: u16) -> Verdict {
        Verdict::from(&PlatformError::Refused { code, status, log_id: None })
    }

    #[test]
    fn a_known_code_counts_more_than_the_status() {
        let revoked = RefusalCode::Graph(GraphCode::AppRemoved);
        assert_eq!(refused(revoked, 500), Verdict::TokenDead(Death::Revoked));
        assert_eq!(refused(RefusalCode::TikTokOauth(OauthCode::ServerError), 400), Verdict::Transient);
    }

    #[test]
    fn an_unknown_word_is_judged_by_the_status_and_never_kills_a_token() {
        let new = || RefusalCode::TikTokOauth("rate_limit_exceeded".into());
        assert_eq!(refused(new(), 429), Verdict::Throttled);
        assert_eq!(refused(new(), 503), Verdict::Transient);
        assert_eq!(refused(new(), 401), Verdict::Refused);
    }

    #[test]
    fn an_answer_that_says_nothing_says_nothing_about_the_token() {
        let unreadable = |status| PlatformError::Unreadable { problem: String::new(), status };
        assert_eq!(Verdict::from(&unreadable(429)), Verdict::Throttled);
        assert_eq!(Verdict::from(&unreadable(401)), Verdict::Transient);
        assert_eq!(Verdict::from(&PlatformError::Failed { status: 502, log_id: None }), Verdict::Transient);
    }
    #[test]
    fn a_refusal_did_nothing_unless_the_platform_was_in_trouble() {
        let outcome = |word: &str, status| {
            let code = RefusalCode::TikTokApi(ApiCode::from(word));
            Outcome::from(&PlatformError::Refused { code, status, log_id: None })
        };
        for (word, status) in [("invalid_params", 400), ("access_token_invalid", 401), ("spam_risk_new", 403)] {
            assert_eq!(outcome(word, status), Outcome::NotDone, "{word}");
        }
        assert_eq!(outcome("rate_limit_exceeded", 429), Outcome::NotDone);
        for (word, status) in [("internal_error", 500), ("internal_error", 200), ("invalid_params", 500)] {
            assert_eq!(outcome(word, status), Outcome::Unknown, "{word} {status}");
        }
    }

    #[test]
    fn an_answer_that_says_nothing_may_follow_what_was_done() {
        let unreadable = |status| PlatformError::Unreadable { problem: String::new(), status };
        for error in [unreadable(200), unreadable(400), PlatformError::Failed { status: 502, log_id: None }] {
            assert_eq!(Outcome::from(&error), Outcome::Unknown, "{error}");
        }
        assert_eq!(Outcome::from(&unreadable(429)), Outcome::NotDone);
        assert_eq!(Outcome::from(&PlatformError::Unavailable(TransportError::TooLarge)), Outcome::Unknown);
    }
}
