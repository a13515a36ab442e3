//! Everything that is due, in one round.

use std::time::Instant;

use futures_util::{StreamExt as _, stream};
use serde::Serialize;

use super::{Tokens, renew::Fate};
use crate::{
    domain::{LoginKind, Platform},
    store::{
        StoreError, accounts,
        token_leases::{self, Leased},
    },
    telemetry::{causes, metrics},
};

/// What has troubles of its own: a platform, or one of Meta's logins, which have apps and hosts of their own.
const KINDS: [&str; 3] =
    [Platform::TikTok.as_str(), LoginKind::FacebookLogin.as_str(), LoginKind::InstagramLogin.as_str()];
/// How many platform calls are under way at the same time.
const AT_ONCE: usize = 64;
/// How many accounts are claimed at a time: all of them must be done within their lease.
const BATCH: i64 = 128;
/// So many failures in a row are the platform's, not the accounts'. It's left alone until the next round.
const OUTAGE: u32 = 48;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// Accounts that have new tokens, or whose tokens were found good.
    pub renewed: usize,
    /// Accounts that somebody else renewed or disconnected meanwhile.
    pub superseded: usize,
    /// Accounts that failed and are tried again later.
    pub postponed: usize,
    /// Accounts that the person must connect again.
    pub ended: usize,
}

/// How one of [`KINDS`] is doing in this round.
#[derive(Debug, Default)]
struct Health {
    failures_in_a_row: u32,
    app_at_fault: bool,
}

impl Tokens {
    /// Renews what is due, until nothing is or the time is over. Accounts whose platform fails again and again are left
    /// for the next round, so that the others are served.
    ///
    /// # Errors
    /// The database failed; what was renewed stays so.
    pub async fn round(&self, until: Instant) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let mut kinds = KINDS.map(|kind| (kind, Health::default()));
        while Instant::now() < until {
            let healthy: Vec<_> = kinds.iter().filter(|(_, health)| health.is_good()).map(|(kind, _)| *kind).collect();
            let connection = self.database.connection().await?;
            let batch = token_leases::claim_due(&connection, &healthy, BATCH).await?;
            drop(connection);
            if batch.is_empty() {
                break;
            }
            let mut fates = stream::iter(&batch).map(|leased| self.watched(leased)).buffer_unordered(AT_ONCE);
            while let Some((kind, fate)) = fates.next().await {
                round.count(fate);
                kinds.iter_mut().filter(|(known, _)| *known == kind).for_each(|(_, health)| health.count(fate));
            }
        }
        if let Err(error) = self.report(&round).await {
            tracing::warn!(cause = causes(&error), "how near the nearest end is can't be told");
        }
        Ok(round)
    }

    async fn watched(&self, leased: &Leased) -> (&'static str, Fate) {
        (leased.kind.map_or(leased.platform.as_str(), LoginKind::as_str), self.renew(leased).await)
    }

    /// Tells how near the nearest end is.
    async fn report(&self, round: &Round) -> Result<(), StoreError> {
        tracing::info!(?round, "went the round");
        for (platform, horizon) in accounts::expiry_horizons(&self.database.connection().await?).await? {
            metrics::token_expiry_horizon(platform.as_str(), horizon);
        }
        Ok(())
    }
}

impl Round {
    fn count(&mut self, fate: Fate) {
        let counter = match fate {
            Fate::Alive => &mut self.renewed,
            Fate::Superseded => &mut self.superseded,
            Fate::Postponed | Fate::PlatformAway | Fate::AppAtFault => &mut self.postponed,
            Fate::Dead(_) => &mut self.ended,
        };
        *counter += 1;
    }
}

impl Health {
    fn is_good(&self) -> bool {
        self.failures_in_a_row < OUTAGE && !self.app_at_fault
    }

    fn count(&mut self, fate: Fate) {
        match fate {
            Fate::PlatformAway => self.failures_in_a_row += 1,
            Fate::AppAtFault => self.app_at_fault = true,
            Fate::Alive | Fate::Dead(_) => self.failures_in_a_row = 0,
            Fate::Superseded | Fate::Postponed => {}
        }
    }
}
