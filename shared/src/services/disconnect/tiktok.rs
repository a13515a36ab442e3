//! TikTok: the grant is given back by an access token that lives. One that has ended is renewed first.

use platforms::{
    error::PlatformError,
    secret::{AccessToken, RefreshToken},
    tiktok::{oauth::App, token::Renewal},
};
use time::{Duration, OffsetDateTime};

use super::{
    RevokeError, Revoker,
    revoker::{briefly, unless},
};
use crate::{
    crypto::Place,
    domain::Platform,
    services::apps::current,
    store::pending_revocations::{self, PendingRevocation, SealedPair},
    telemetry::causes,
};

/// A token that ends within this time is taken for ended: TikTok may say yes to a dead one and leave the grant alive.
const MARGIN: Duration = Duration::minutes(1);

impl Revoker {
    pub(super) async fn tiktok_grant(&self, revocation: &PendingRevocation) -> Result<(), RevokeError> {
        let secret = current(&self.apps.tiktok).await?.ok_or(RevokeError::NoApp)?;
        let app = App { client_key: &secret.client_key, client_secret: &secret.client_secret };
        let now = OffsetDateTime::now_utc();
        if revocation.access_expires_at.is_none_or(|end| now + MARGIN < end) {
            let token: AccessToken = self.vault.open(&revocation.access, &place(revocation, ACCESS)).await?;
            match briefly(self.tiktok.revoke(app, &token)).await {
                Err(error) if error.is_gone() => {}
                told => return told,
            }
        }
        match self.living_token(app, revocation).await? {
            Some(token) => unless(briefly(self.tiktok.revoke(app, &token)).await, RevokeError::is_gone),
            None => Ok(()),
        }
    }

    /// An access token from the refresh token, kept before it's used: the pair that it takes the place of may work no
    /// more. `None` where there's nothing left to renew, so the grant is gone.
    async fn living_token(
        &self,
        app: App<'_>,
        revocation: &PendingRevocation,
    ) -> Result<Option<AccessToken>, RevokeError> {
        let Some(sealed) = &revocation.refresh else { return Ok(None) };
        let token: RefreshToken = self.vault.open(sealed, &place(revocation, REFRESH)).await?;
        // A new pair that could not be sealed would be lost.
        self.vault.prepare().await?;
        self.note(revocation, false).await?;
        // Never cut short: its answer is the only copy of what comes next.
        let renewal = match self.tiktok.refresh(app, &token).await.map_err(RevokeError::from) {
            Err(error) if error.is_gone() && revocation.unanswered > 0 => return Err(RevokeError::PairLost),
            Err(error) if error.is_gone() => return Ok(None),
            Err(error @ RevokeError::Platform(PlatformError::Refused { .. })) => {
                self.note(revocation, true).await?;
                return Err(error);
            }
            answer => answer?,
        };
        match self.keep(revocation, &renewal).await {
            Err(RevokeError::Overtaken) => return Err(RevokeError::Overtaken),
            // What can't be kept is best used at once.
            Err(error) => {
                tracing::warn!(id = revocation.id, cause = %causes(&error), "a pair is used that could not be kept");
            }
            Ok(()) => {}
        }
        Ok(Some(renewal.access_token))
    }

    async fn note(&self, revocation: &PendingRevocation, answered: bool) -> Result<(), RevokeError> {
        let connection = self.database.connection().await?;
        let noted = pending_revocations::note_refresh(&connection, revocation, answered).await?;
        if noted { Ok(()) } else { Err(RevokeError::Overtaken) }
    }

    async fn keep(&self, revocation: &PendingRevocation, renewal: &Renewal) -> Result<(), RevokeError> {
        let pair = SealedPair {
            access: self.vault.seal(&renewal.access_token, &place(revocation, ACCESS)).await?,
            access_expires_at: renewal.expires_in.map(|life| OffsetDateTime::now_utc() + life),
            refresh: self.vault.seal(&renewal.refresh_token, &place(revocation, REFRESH)).await?,
        };
        let connection = self.database.connection().await?;
        let kept = pending_revocations::keep_pair(&connection, revocation, &pair).await?;
        if kept { Ok(()) } else { Err(RevokeError::Overtaken) }
    }
}

const ACCESS: &str = "access_token_encrypted";
const REFRESH: &str = "refresh_token_encrypted";

fn place<'a>(revocation: &'a PendingRevocation, column: &'static str) -> Place<'a> {
    Place::of_login(column, Platform::TikTok, revocation.user, &revocation.open_id)
}
