//! A pair that came for an account which was disconnected meanwhile: it must not live on at the platform.

use platforms::verdict::Verdict;

use super::{
    Tokens,
    renew::{NewTokens, RenewError},
    tiktok::named,
};
use crate::{
    services::apps::TikTokApp,
    store::token_leases::{self, Leased},
};

impl Tokens {
    /// Gives the pair back where the account was disconnected. Where other tokens lie there, the person has granted
    /// anew, and giving this pair back would end that grant as well: it's forgotten.
    pub(super) async fn give_back(&self, leased: &Leased, app: &TikTokApp, new: &NewTokens) -> Result<(), RenewError> {
        if !token_leases::is_revoked(&self.database.connection().await?, leased.id).await? {
            return Ok(());
        }
        match self.clients.tiktok.revoke(named(app), &new.access).await {
            Err(error) if !matches!(Verdict::from(&error), Verdict::TokenDead(_)) => Err(error.into()),
            _ => {
                tracing::info!(account = leased.id.0, "tokens that came after the disconnect are given back");
                Ok(())
            }
        }
    }
}
