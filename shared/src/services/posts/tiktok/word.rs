//! How fresh TikTok's word on a creator is. It may be asked 20 times a minute, which a form that checks itself while it's
//! filled in soon does: such dry runs share an answer, for a minute. Before a post it's asked in any case.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::creator::Creator;
use crate::{
    cache::{ASKING, Found},
    domain::{AccountId, UserId},
    services::posts::{UploadError, Uploads},
    store::accounts::Standing,
    telemetry::causes,
};

/// How old an answer may be that isn't of now.
const RECENT: Duration = Duration::from_secs(60);
/// How often it's looked whether somebody else's answer has come.
const GLANCE: Duration = Duration::from_millis(100);

/// How fresh TikTok's word must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Word {
    /// Of now.
    Fresh,
    /// Of the last minute.
    Recent,
}

impl Uploads {
    /// Whether the creator may post by a word that is as fresh as that. It's kept for whoever asks for a recent one.
    pub(super) async fn creator_by(
        &self,
        word: Word,
        owner: UserId,
        id: AccountId,
        account: &Standing,
    ) -> Result<Creator, UploadError> {
        let key = key(id, account);
        if word == Word::Recent
            && let Some(creator) = self.recently_said(&key).await?
        {
            return Ok(creator);
        }
        let asked = Instant::now();
        let creator = self.creator(owner, id).await?;
        if let Err(error) = self.said.keep(&key, &creator, RECENT.saturating_sub(asked.elapsed())).await {
            tracing::warn!(cause = causes(&error), "what TikTok said of a creator is not kept");
        }
        Ok(creator)
    }

    /// `None` where TikTok must be asked, Redis being away or not. Whoever has waited in vain for somebody else's answer
    /// doesn't ask: that one could not be had either.
    async fn recently_said(&self, key: &str) -> Result<Option<Creator>, UploadError> {
        let began = Instant::now();
        while began.elapsed() < ASKING {
            match self.said.find(key).await {
                Ok(Found::Copy(creator)) => return Ok(Some(creator)),
                Ok(Found::Awaited) => sleep(GLANCE).await,
                Ok(Found::Nothing) => return Ok(None),
                Err(error) => {
                    tracing::warn!(cause = causes(&error), "what TikTok said of a creator is not to be had");
                    return Ok(None);
                }
            }
        }
        Err(UploadError::TooSlow)
    }
}

/// By the login: who connects the account anew is told nothing of before.
fn key(id: AccountId, account: &Standing) -> String {
    format!("creator:{id}:{}", account.granted_at.unix_timestamp_nanos() / 1_000)
}
