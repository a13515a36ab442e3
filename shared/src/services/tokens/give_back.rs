//! A pair that came for an account which was disconnected meanwhile: it must not live on at the platform.

use std::time::Duration;

use super::{
    Tokens,
    renew::{NewTokens, RenewError},
};
use crate::{
    crypto::Place,
    store::{late_revocations, pending_revocations::SealedPair, token_leases::Leased},
};

/// Nobody else has the pair, so it's tried a few times.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

impl Tokens {
    /// Puts the pair among what the platform has yet to be told to end. Where the account lives, other tokens lie there:
    /// the person has granted anew, and giving this pair back would end that grant as well, so it's forgotten.
    pub(super) async fn give_back(&self, leased: &Leased, new: &NewTokens) -> Result<(), RenewError> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..TRIES {
            match self.try_give_back(leased, new).await {
                Err(error) => {
                    tracing::warn!(account = leased.id.0, cause = ?error, "a late pair is not given back yet")
                }
                done => return done,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.try_give_back(leased, new).await
    }

    async fn try_give_back(&self, leased: &Leased, new: &NewTokens) -> Result<(), RenewError> {
        let Some(refresh) = &new.refresh else { return Ok(()) };
        let place = |column| Place::of_login(column, leased.platform, leased.user, &leased.open_id);
        let pair = SealedPair {
            access: self.vault.seal(&new.access, &place("access_token_encrypted")).await?,
            access_expires_at: new.expires_at,
            refresh: self.vault.seal(refresh, &place("refresh_token_encrypted")).await?,
        };
        let connection = self.database.connection().await?;
        if late_revocations::add_pair(&connection, leased.id, &pair).await? {
            tracing::info!(account = leased.id.0, "tokens that came after the disconnect are given back");
        }
        Ok(())
    }
}
