//! Instagram Login: a token of 60 days, prolonged before they are over. The string may stay the same.

use platforms::instagram::graph::Caller;
use time::{Duration, OffsetDateTime};

use super::{
    Tokens,
    renew::{Fate, NewTokens, RenewError},
};
use crate::{
    domain::catalogue::ErrorCode,
    services::apps::current,
    store::{renewals, token_leases::Leased},
};

impl Tokens {
    pub(super) async fn renew_instagram(&self, leased: &Leased) -> Result<Fate, RenewError> {
        let app = current(&self.apps.instagram).await?.ok_or(RenewError::NoApp)?;
        let Some(token) = self.open_access(leased).await? else {
            return Err(RenewError::Dead(ErrorCode::ReconnectRequired));
        };
        if leased.issued_at.is_some_and(|at| OffsetDateTime::now_utc() - at < Duration::DAY) {
            return self.too_young(leased).await;
        }
        let caller = Caller { token: &token, app_secret: &app.app_secret };
        let prolonged = self.clients.graphs.instagram.refresh_for_instagram(caller).await?;
        let issued_at = OffsetDateTime::now_utc();
        let new = NewTokens {
            access: prolonged.access_token,
            refresh: None,
            issued_at,
            // What isn't told stays as it was: it's asked again soon, and never too late.
            expires_at: prolonged.expires_in.map(|life| issued_at + life).or(leased.expires_at),
            refresh_expires_at: None,
            scopes: Vec::new(),
        };
        Ok(if self.keep(leased, &new).await? { Fate::Alive } else { Fate::Superseded })
    }

    /// Meta prolongs no token in its first day: whoever asked has to do with it.
    async fn too_young(&self, leased: &Leased) -> Result<Fate, RenewError> {
        let (ends, next) = ((leased.expires_at, None), OffsetDateTime::now_utc() + Duration::DAY);
        renewals::found_good(&self.database.connection().await?, leased, ends, next).await?;
        Ok(Fate::Alive)
    }
}
