//! How a call to a platform fails: a variant for each thing that a caller does differently.

use std::fmt;

use crate::{
    instagram::code::{GraphCode, LoginCode},
    tiktok::code::{ApiCode, OauthCode},
    transport::{Answer, TransportError},
};

/// A call that didn't work. It holds codes and ids only: what platforms write into their messages may be a token.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The platform said no.
    #[error("refused: {code} (HTTP {status}, log id {})", log_id.as_deref().unwrap_or("none"))]
    Refused {
        /// Its word or number for why.
        code: RefusalCode,
        /// The status.
        status: u16,
        /// What its support asks for.
        log_id: Option<String>,
    },
    /// It couldn't be reached, or its answer was lost: whether it did what was asked isn't known.
    #[error("the platform can't be reached")]
    Unavailable(#[from] TransportError),
    /// It failed without a word that is documented.
    #[error("the platform failed (HTTP {status}, log id {})", log_id.as_deref().unwrap_or("none"))]
    Failed {
        /// The status.
        status: u16,
        /// What its support asks for.
        log_id: Option<String>,
    },
    /// Its answer isn't of the documented shape.
    #[error("the answer is not as documented: {problem} (HTTP {status})")]
    Unreadable {
        /// What is wrong with it.
        problem: String,
        /// The status.
        status: u16,
    },
}

/// The vocabularies that the platforms refuse in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalCode {
    /// TikTok's token and revoke endpoints.
    TikTokOauth(OauthCode),
    /// TikTok's other endpoints.
    TikTokApi(ApiCode),
    /// Meta's Graph, for both logins.
    Graph(GraphCode),
    /// The endpoint where Instagram Login exchanges codes.
    InstagramLogin(LoginCode),
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TikTokOauth(code) => code.fmt(f),
            Self::TikTokApi(code) => code.fmt(f),
            Self::Graph(code) => code.fmt(f),
            Self::InstagramLogin(code) => code.fmt(f),
        }
    }
}

impl PlatformError {
    pub(crate) fn refused(code: RefusalCode, answer: &Answer, log_id: Option<String>) -> Self {
        Self::Refused { code, status: answer.status, log_id: log_id.or_else(|| answer.log_id.clone()) }
    }

    /// An answer without the documented members. A gateway's error page is a failure of the platform, or its limit.
    pub(crate) fn unreadable(answer: &Answer, problem: impl Into<String>) -> Self {
        match answer.status {
            status @ (429 | 500..) => Self::Failed { status, log_id: answer.log_id.clone() },
            status => Self::Unreadable { problem: problem.into(), status },
        }
    }

    /// JSON that can't be read. serde's own message quotes what it met, so only the place is told.
    pub(crate) fn not_json(answer: &Answer, error: &serde_json::Error) -> Self {
        Self::unreadable(answer, format!("see line {} column {}", error.line(), error.column()))
    }
}
