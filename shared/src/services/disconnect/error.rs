//! Why an account isn't disconnected, or a platform isn't told yet.

use platforms::{
    error::{PlatformError, RefusalCode},
    tiktok::code::OauthCode,
    verdict::{Death, Verdict},
};

use crate::{config::SecretError, crypto::VaultError, domain::catalogue::ErrorCode, store::StoreError};

/// An account was not disconnected.
#[derive(Debug, thiserror::Error)]
pub enum DisconnectError {
    /// The user has no such account.
    #[error("there is no such account")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A platform was not told, and will be when it's tried again.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// The platform failed, or refused.
    #[error("the platform did not confirm")]
    Platform(#[from] PlatformError),
    /// The platform took too long.
    #[error("the platform took too long")]
    TooSlow,
    /// A refresh token is refused after a refresh that was never answered: the grant may live on with the pair that it gave.
    #[error("the pair that took this one's place is lost")]
    PairLost,
    /// The app's own token is refused: nothing is said about the person's.
    #[error("the platform does not know our app")]
    AppUnknown,
    /// The token doesn't open.
    #[error("the token does not open")]
    Vault(#[from] VaultError),
    /// The app's secret can't be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The app's secret isn't filled.
    #[error("the secret of our app is not filled")]
    NoApp,
    /// The account was connected again meanwhile.
    #[error("somebody else has this row by now")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RevokeError {
    /// What it was, for the row.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Platform(error) => error.into(),
            Self::TooSlow => ErrorCode::PlatformUnavailable,
            Self::PairLost => ErrorCode::InvalidGrant,
            Self::AppUnknown | Self::NoApp => ErrorCode::InvalidClient,
            Self::Vault(_) | Self::Secret(_) | Self::Store(_) => ErrorCode::ServiceUnavailable,
            Self::Overtaken => ErrorCode::InternalError,
        }
    }

    /// What the token died of, where the platform says that it did.
    pub(super) fn death(&self) -> Option<Death> {
        let Self::Platform(error) = self else { return None };
        if let Verdict::TokenDead(death) = error.into() { Some(death) } else { None }
    }

    /// Whether the platform refuses our app, whoever's token it is.
    pub(super) fn is_about_our_app(&self) -> bool {
        match self {
            Self::AppUnknown => true,
            Self::Platform(error) => Verdict::from(error) == Verdict::AppAtFault,
            _ => false,
        }
    }

    /// Whether TikTok's grant has ended with its token. A refusal of the server's own, `access_denied`, says nothing of it.
    pub(super) fn is_gone(&self) -> bool {
        let denied = RefusalCode::TikTokOauth(OauthCode::AccessDenied);
        let is_denied = matches!(self, Self::Platform(PlatformError::Refused { code, .. }) if *code == denied);
        self.death().is_some() && !is_denied
    }

    /// Whether a subscription of Meta's can't be ended any more, since its token is dead for good. Without a word for why,
    /// our proof may be wrong instead.
    pub(super) fn ended_subscription(&self) -> bool {
        let may_live = |death| matches!(death, Death::Unexplained | Death::Checkpointed | Death::Unconfirmed);
        self.death().is_some_and(|death| !may_live(death))
    }
}
