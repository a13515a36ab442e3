//! A living token on demand: for a call that is about to be made, or that was just refused.

use std::time::{Duration, Instant};

use platforms::{error::PlatformError, secret::AccessToken, verdict::Verdict};
use time::OffsetDateTime;

use super::{Tokens, renew::Fate};
use crate::{
    crypto::{Place, VaultError},
    domain::{AccountId, AccountStatus, UserId, catalogue::ErrorCode},
    store::{
        StoreError,
        current_tokens::{self, Current},
        renewals, token_leases,
    },
};

/// How long it's waited for somebody else's renewal; longer than the platforms may take.
const PATIENCE: Duration = Duration::from_secs(25);
/// How often it's looked whether that is done.
const GLANCE: Duration = Duration::from_millis(200);
/// A token that ends within ten minutes, or within the last quarter of its life where that is shorter, is renewed first.
const MARGIN: time::Duration = time::Duration::minutes(10);

/// A token to act with.
#[derive(Debug)]
pub struct LivingToken {
    /// Acts for the login.
    pub token: AccessToken,
    /// Which one it is, to name it when it's refused.
    pub version: i64,
}

/// There is no token to act with.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The owner has no such account.
    #[error("the owner has no such account")]
    NotFound,
    /// The person must connect it again, for this reason.
    #[error("the person must connect the account again: {}", .0.as_str())]
    Ended(ErrorCode),
    /// It can't be renewed at the moment.
    #[error("the token can't be renewed at the moment")]
    Later,
    /// The token doesn't open.
    #[error("the vault failed")]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A call with a living token didn't work.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// There was no token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The platform said no, or couldn't be asked.
    #[error(transparent)]
    Platform(#[from] PlatformError),
}

impl Tokens {
    /// Calls a platform as this account; a token that is refused is renewed once and the call made again, so it must be
    /// one that a refusal leaves without effect. Where the new one is refused as well, the account has ended.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn call<T>(
        &self,
        owner: UserId,
        account: AccountId,
        call: impl AsyncFn(&AccessToken) -> Result<T, PlatformError>,
    ) -> Result<T, CallError> {
        let living = self.living_token(owner, account).await?;
        match call(&living.token).await {
            Err(error) if matches!(Verdict::from(&error), Verdict::TokenDead(_)) => {
                let next = self.next_token(owner, account, &living).await?;
                let again = call(&next.token).await;
                if let Err(error) = &again
                    && matches!(Verdict::from(error), Verdict::TokenDead(_))
                {
                    self.declare_refused(account, &next, error.into()).await?;
                }
                Ok(again?)
            }
            result => Ok(result?),
        }
    }

    /// A token that is refused although it was just renewed: only the person can help. Where another one lies there by now,
    /// nothing is said of the account.
    async fn declare_refused(
        &self,
        account: AccountId,
        refused: &LivingToken,
        code: ErrorCode,
    ) -> Result<(), TokenError> {
        let connection = self.database.connection().await?;
        if renewals::refused(&connection, account, refused.version, code.as_str()).await? {
            tracing::warn!(account = account.0, code = code.as_str(), "a new token was refused, the account has ended");
            return Err(TokenError::Ended(code));
        }
        Ok(())
    }

    /// A token instead of one that was refused.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn next_token(
        &self,
        owner: UserId,
        account: AccountId,
        refused: &LivingToken,
    ) -> Result<LivingToken, TokenError> {
        tracing::info!(account = account.0, "a token was refused, it is renewed");
        self.token_after(owner, account, Some(refused.version)).await
    }

    /// A token that lives long enough for a call.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn living_token(&self, owner: UserId, account: AccountId) -> Result<LivingToken, TokenError> {
        self.token_after(owner, account, None).await
    }

    /// One that lives, and isn't the `refused` one. Whoever comes while it's renewed waits for what comes of it.
    async fn token_after(
        &self,
        owner: UserId,
        account: AccountId,
        refused: Option<i64>,
    ) -> Result<LivingToken, TokenError> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let current = self.current(owner, account).await?;
            if refused != Some(current.version) && lives_beyond(&current, margin(&current)) {
                return self.open(owner, current).await;
            }
            match self.renew_now(account, &current).await? {
                None => tokio::time::sleep(GLANCE).await,
                Some(Fate::Dead(reason)) => return Err(TokenError::Ended(reason)),
                Some(_) => return self.what_there_is(owner, account, refused).await,
            }
        }
        self.what_there_is(owner, account, refused).await
    }

    async fn current(&self, owner: UserId, account: AccountId) -> Result<Current, TokenError> {
        let connection = self.database.connection().await?;
        let current = current_tokens::find(&connection, owner, account).await?.ok_or(TokenError::NotFound)?;
        if current.status == AccountStatus::Active {
            return Ok(current);
        }
        let reason = current.reason.as_deref().and_then(ErrorCode::find);
        Err(TokenError::Ended(reason.unwrap_or(ErrorCode::ReconnectRequired)))
    }

    /// `None` where somebody else renews it, or has since it was looked at.
    async fn renew_now(&self, account: AccountId, current: &Current) -> Result<Option<Fate>, TokenError> {
        if current.waits_until.is_some_and(|until| until > OffsetDateTime::now_utc()) {
            return Ok(Some(Fate::Postponed));
        }
        let leased = token_leases::claim(&self.database.connection().await?, account, current.version).await?;
        let Some(leased) = leased else { return Ok(None) };
        Ok(Some(self.renew(&leased).await))
    }

    /// After a renewal, for better or worse: a token that couldn't be renewed may well do for one more call.
    async fn what_there_is(
        &self,
        owner: UserId,
        account: AccountId,
        refused: Option<i64>,
    ) -> Result<LivingToken, TokenError> {
        let current = self.current(owner, account).await?;
        if refused == Some(current.version) || !lives_beyond(&current, time::Duration::ZERO) {
            return Err(TokenError::Later);
        }
        self.open(owner, current).await
    }

    async fn open(&self, owner: UserId, current: Current) -> Result<LivingToken, TokenError> {
        let place = Place::of_login("access_token_encrypted", current.platform, owner, &current.open_id);
        let sealed = current.access.as_ref().ok_or(TokenError::Ended(ErrorCode::ReconnectRequired))?;
        Ok(LivingToken { token: self.vault.open(sealed, &place).await?, version: current.version })
    }
}

fn margin(current: &Current) -> time::Duration {
    let life = current.expires_at.zip(current.issued_at).map(|(end, start)| end - start);
    life.map_or(MARGIN, |life| MARGIN.min(life / 4))
}

fn lives_beyond(current: &Current, margin: time::Duration) -> bool {
    current.expires_at.is_none_or(|end| end - OffsetDateTime::now_utc() > margin)
}
