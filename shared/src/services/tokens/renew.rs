//! One account, renewed under its lease.

use std::time::{Duration, Instant};

use platforms::{
    error::PlatformError,
    secret::{AccessToken, RefreshToken},
    verdict::{Death, Verdict},
};
use time::OffsetDateTime;
use tokio::time::timeout;

use super::Tokens;
use crate::{
    config::SecretError,
    crypto::{Place, VaultError},
    domain::{LoginKind, Platform, catalogue::ErrorCode},
    store::{
        StoreError,
        renewals::{self, Renewed},
        token_leases::Leased,
    },
};

/// What became of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It has new tokens, or its tokens were found good.
    Alive,
    /// Somebody else was quicker, or it isn't active any more.
    Superseded,
    /// It failed, and is tried again later.
    Postponed,
    /// The same, and the platform is to blame.
    PlatformAway,
    /// Our app is at fault, so no other account of this platform can be renewed either.
    AppAtFault,
    /// The person must connect it again.
    Dead(ErrorCode),
}

/// Why an account could not be renewed.
#[derive(Debug, thiserror::Error)]
pub(super) enum RenewError {
    /// The platform said no, or couldn't be asked.
    #[error("the platform did not renew the token")]
    Platform(#[from] PlatformError),
    /// Meta says that a token is dead.
    #[error("the token is dead: {}", .0.as_str())]
    Dead(ErrorCode),
    /// A token doesn't open, or can't be sealed.
    #[error("the vault failed")]
    Vault(#[from] VaultError),
    /// The secret of our app can't be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The secret of our app isn't filled.
    #[error("the secret of our app is not filled")]
    NoApp,
    /// Meta doesn't take our app for the one that the token was given to.
    #[error("Meta does not know our app")]
    ForeignApp,
    /// All calls for one account together took too long.
    #[error("the platform was too slow")]
    TooSlow,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RenewError {
    /// Whether the platform refuses our app, whoever's token it is. Meta says the same of a proof that was made with an old
    /// secret as of a token that is dead for no reason.
    fn may_be_about_our_app(&self, kind: Option<LoginKind>) -> bool {
        match self {
            Self::ForeignApp => true,
            Self::Platform(error) => match Verdict::from(error) {
                Verdict::AppAtFault => true,
                Verdict::TokenDead(Death::Unexplained) => kind == Some(LoginKind::InstagramLogin),
                _ => false,
            },
            _ => false,
        }
    }
}

/// Tokens that a platform gave and that nobody has kept yet.
pub(super) struct NewTokens {
    pub(super) access: AccessToken,
    pub(super) refresh: Option<RefreshToken>,
    pub(super) issued_at: OffsetDateTime,
    pub(super) expires_at: Option<OffsetDateTime>,
    pub(super) refresh_expires_at: Option<OffsetDateTime>,
    pub(super) scopes: Vec<String>,
}

/// How long a look at a login and its Pages may take. Nothing is lost when it's cut short.
const LOOK: Duration = Duration::from_secs(60);
/// Keeping new tokens is tried so often, with pauses that double: 12 seconds in all, and the tries.
const KEEPS: u32 = 7;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How long a try may take. A second one after a lost answer does no harm: it finds the first one's tokens.
const KEEP: Duration = Duration::from_secs(8);

impl Tokens {
    /// Renews it, and writes down what became of it.
    pub(super) async fn renew(&self, leased: &Leased) -> Fate {
        let started = Instant::now();
        let mut result = self.attempt(leased).await;
        // A secret of ours that was just rotated is no reason to leave the account alone for half an hour.
        if result.as_ref().is_err_and(|error| error.may_be_about_our_app(leased.kind))
            && self.apps.read_since(leased.kind, started).await
        {
            result = self.attempt(leased).await;
        }
        match result {
            Ok(fate) => fate,
            Err(error) => self.settle(leased, error).await,
        }
    }

    async fn attempt(&self, leased: &Leased) -> Result<Fate, RenewError> {
        match (leased.platform, leased.kind) {
            (Platform::TikTok, _) => Box::pin(self.renew_tiktok(leased)).await,
            (Platform::Instagram, Some(LoginKind::InstagramLogin)) => Box::pin(self.renew_instagram(leased)).await,
            (Platform::Instagram, _) => {
                timeout(LOOK, Box::pin(self.check_facebook(leased))).await.unwrap_or(Err(RenewError::TooSlow))
            }
        }
    }

    /// Keeps new tokens; `false` when others lie there by now. Until they are kept they are in this process alone, so
    /// whatever fails is tried again for as long as a run can wait.
    pub(super) async fn keep(&self, leased: &Leased, new: &NewTokens) -> Result<bool, RenewError> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..KEEPS {
            match self.timely_keep(leased, new).await {
                Err(error) => tracing::warn!(account = leased.id.0, cause = ?error, "new tokens are not kept yet"),
                kept => return kept,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.timely_keep(leased, new).await
    }

    async fn timely_keep(&self, leased: &Leased, new: &NewTokens) -> Result<bool, RenewError> {
        timeout(KEEP, self.try_keep(leased, new)).await.map_err(|_| RenewError::TooSlow)?
    }

    async fn try_keep(&self, leased: &Leased, new: &NewTokens) -> Result<bool, RenewError> {
        let place = |column| Place::of_login(column, leased.platform, leased.user, &leased.open_id);
        let refresh = match &new.refresh {
            Some(token) => Some(self.vault.seal(token, &place("refresh_token_encrypted")).await?),
            None => None,
        };
        let renewed = Renewed {
            access: self.vault.seal(&new.access, &place("access_token_encrypted")).await?,
            refresh,
            issued_at: new.issued_at,
            expires_at: new.expires_at,
            refresh_expires_at: new.refresh_expires_at,
            scope: (!new.scopes.is_empty()).then(|| new.scopes.join(",")),
        };
        Ok(renewals::renewed(&self.database.connection().await?, leased, &renewed).await?)
    }

    /// Opens the login's access token; `None` where it has none.
    pub(super) async fn open_access(&self, leased: &Leased) -> Result<Option<AccessToken>, VaultError> {
        let Some(sealed) = &leased.access else { return Ok(None) };
        let place = Place::of_login("access_token_encrypted", leased.platform, leased.user, &leased.open_id);
        self.vault.open(sealed, &place).await.map(Some)
    }
}
