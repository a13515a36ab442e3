//! Why an account wasn't connected.

use platforms::error::PlatformError;

use crate::{
    config::SecretError,
    crypto::VaultError,
    domain::{Platform, catalogue::ErrorCode},
    store::StoreError,
};

/// A login that couldn't be started or completed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The app asks for scopes that aren't configured.
    #[error("these scopes are not configured: {}", .0.join(", "))]
    ScopesNotConfigured(Vec<String>),
    /// The app leaves out scopes that the login needs.
    #[error("a login needs these scopes as well: {}", .0.join(", "))]
    ScopesMissing(Vec<String>),
    /// The app wants people to be sent somewhere else.
    #[error("returnTo is not at or below an allowed address")]
    ReturnAddress,
    /// The token names a user that doesn't exist.
    #[error("there is no such user")]
    NoSuchUser,
    /// The browser can't show that it started this login.
    #[error("this browser did not start this login")]
    StateMismatch,
    /// The login was finished before, or took too long.
    #[error("this login was finished before or has expired")]
    StateExpired,
    /// The platform, or the person there, said no on the consent page.
    #[error("refused on the consent page: {word}")]
    Declined {
        /// What that means.
        code: ErrorCode,
        /// What was said.
        word: String,
    },
    /// A call to the platform failed.
    #[error("a call to {0} failed")]
    Platform(Platform, #[source] PlatformError),
    /// All calls together took too long.
    #[error("{0} took too long")]
    TooSlow(Platform),
    /// What must be granted wasn't.
    #[error("these permissions were not granted: {}", .0.join(", "))]
    NotGranted(Vec<String>),
    /// The token was made for another app.
    #[error("the token is not for our app")]
    ForeignToken,
    /// Nothing to connect behind the login.
    #[error("the login reaches no professional Instagram account")]
    NoProfessionalAccount,
    /// Another user has the account.
    #[error("the account is connected by another user")]
    ConnectedElsewhere,
    /// The operator hasn't filled the app's secret.
    #[error("the secret of our app at {0} is not filled")]
    NoApp(Platform),
    /// The system has no random numbers.
    #[error("no random numbers")]
    NoRandomness,
    /// A secret can't be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A token can't be sealed.
    #[error("a token could not be sealed")]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ConnectError {
    /// What a program and a person are told.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::ScopesNotConfigured(_) | Self::ScopesMissing(_) => ErrorCode::InvalidScope,
            Self::ReturnAddress => ErrorCode::ReturnAddressNotAllowed,
            Self::NoSuchUser => ErrorCode::Unauthenticated,
            Self::StateMismatch => ErrorCode::StateMismatch,
            Self::StateExpired => ErrorCode::StateExpired,
            Self::Declined { code, .. } => *code,
            Self::Platform(_, error) => error.into(),
            Self::TooSlow(_) => ErrorCode::PlatformUnavailable,
            Self::NotGranted(_) => ErrorCode::ScopeNotAuthorized,
            Self::ForeignToken | Self::NoApp(_) => ErrorCode::InvalidClient,
            Self::NoProfessionalAccount => ErrorCode::NoProfessionalAccount,
            Self::ConnectedElsewhere => ErrorCode::AccountConnectedElsewhere,
            Self::NoRandomness => ErrorCode::InternalError,
            Self::Vault(VaultError::TooLarge | VaultError::Blank) => ErrorCode::PlatformAnswerUnreadable,
            Self::Secret(_) | Self::Vault(_) => ErrorCode::ServiceUnavailable,
            Self::Store(StoreError::PoolExhausted | StoreError::Unavailable(_)) => ErrorCode::ServiceUnavailable,
            Self::Store(_) => ErrorCode::InternalError,
        }
    }
}
