//! What TikTok lets a creator post right now, by its own word: it must be asked before every direct post.

use std::time::Duration;

use platforms::{
    error::{PlatformError, RefusalCode},
    secret::AccessToken,
    tiktok::{code::ApiCode, publish::creator_info::CreatorInfo},
    verdict::Verdict,
};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::{
    domain::{AccountId, UserId, catalogue::ErrorCode},
    services::{
        posts::{Problem, UploadError, Uploads},
        tokens::{CallError, TokenError},
    },
};

/// How long TikTok may take: API Gateway waits for 30 seconds, and the token may have to be renewed as well.
const PATIENCE: Duration = Duration::from_secs(12);

/// Whether a creator may post.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Creator {
    /// Yes, within these bounds.
    May(CreatorInfo),
    /// Yes, once this quota allows it. Nothing is known of the bounds.
    MayLater(ErrorCode),
    /// No, for this reason.
    MayNot(ErrorCode, String),
}

impl Creator {
    /// The bounds, where they are known.
    pub(super) fn info(&self) -> Option<&CreatorInfo> {
        if let Self::May(info) = self { Some(info) } else { None }
    }

    /// The quota that is used up.
    pub(super) fn quota(&self) -> Option<ErrorCode> {
        if let Self::MayLater(code) = self { Some(*code) } else { None }
    }

    /// Why the creator may not post.
    pub(super) fn problem(&self) -> Option<Problem> {
        if let Self::MayNot(code, reason) = self { Some(Problem::new(*code, "accountId", reason)) } else { None }
    }

    /// The account can't act any more.
    pub(super) fn ended(reason: ErrorCode) -> Self {
        Self::MayNot(reason, "the account must be connected again".to_owned())
    }
}

impl Uploads {
    pub(super) async fn creator(&self, owner: UserId, account: AccountId) -> Result<Creator, UploadError> {
        match self.creator_info(owner, account).await {
            Ok(Some(info)) => Ok(Creator::May(info)),
            Ok(None) => Err(UploadError::TooSlow),
            Err(CallError::Platform(error)) => refused(error),
            Err(CallError::Token(TokenError::Ended(reason))) => Ok(Creator::ended(reason)),
            Err(CallError::Token(TokenError::NotFound)) => Err(UploadError::NotFound("accountId")),
            Err(CallError::Token(TokenError::Store(error))) => Err(error.into()),
            Err(CallError::Token(error)) => Err(UploadError::Token(error)),
        }
    }

    /// As [`Tokens::call`](crate::services::tokens::Tokens::call), but without a closure, which no future of a request's
    /// handler may hold.
    async fn creator_info(&self, owner: UserId, account: AccountId) -> Result<Option<CreatorInfo>, CallError> {
        let living = self.tokens.living_token(owner, account).await?;
        match self.ask_creator(&living.token).await {
            Err(error) if matches!(Verdict::from(&error), Verdict::TokenDead(_)) => {
                let next = self.tokens.next_token(owner, account, &living).await?;
                Ok(self.ask_creator(&next.token).await?)
            }
            answer => Ok(answer?),
        }
    }

    /// `None` when TikTok takes too long.
    async fn ask_creator(&self, token: &AccessToken) -> Result<Option<CreatorInfo>, PlatformError> {
        let asked = timeout(PATIENCE, self.tokens.clients.tiktok.creator_info(token)).await;
        asked.map_or(Ok(None), |info| info.map(Some))
    }
}

/// Quotas hold a post, trouble that passes refuses the request for now, and anything else is the account's.
fn refused(error: PlatformError) -> Result<Creator, UploadError> {
    if let PlatformError::Refused { code: RefusalCode::TikTokApi(code), .. } = &error
        && matches!(code, ApiCode::TooManyPosts | ApiCode::ReachedActiveUserCap)
    {
        return Ok(Creator::MayLater(code.into()));
    }
    match Verdict::from(&error) {
        Verdict::Throttled => Err(UploadError::Throttled(error)),
        Verdict::Transient => Err(UploadError::Platform(error)),
        Verdict::TokenDead(_) => Ok(Creator::ended((&error).into())),
        Verdict::NotGranted | Verdict::AppAtFault | Verdict::Refused => {
            Ok(Creator::MayNot((&error).into(), error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(word: &str, status: u16) -> Result<Creator, UploadError> {
        refused(PlatformError::Refused { code: RefusalCode::TikTokApi(word.into()), status, log_id: None })
    }

    #[test]
    fn a_quota_holds_and_a_ban_refuses_although_both_come_with_200() {
        for quota in ["spam_risk_too_many_posts", "reached_active_user_cap"] {
            assert_eq!(said(quota, 200).unwrap().quota().map(ErrorCode::as_str), Some(quota));
        }
        for (word, status) in
            [("spam_risk_user_banned_from_posting", 200), ("scope_not_authorized", 401), ("access_token_invalid", 401)]
        {
            let problem = said(word, status).unwrap().problem().unwrap();
            assert_eq!((problem.code.as_str(), problem.field), (word, "accountId"));
        }
    }

    #[test]
    fn trouble_that_passes_says_nothing_of_the_account() {
        assert!(matches!(said("rate_limit_exceeded", 429), Err(UploadError::Throttled(_))));
        assert!(matches!(said("internal_error", 500), Err(UploadError::Platform(_))));
        let away = PlatformError::Failed { status: 502, log_id: None };
        assert!(matches!(refused(away), Err(UploadError::Platform(_))));
    }

    #[test]
    fn a_new_word_is_a_refusal() {
        let problem = said("brand_new", 403).unwrap().problem().unwrap();
        assert_eq!(problem.code, ErrorCode::PlatformRefused);
    }
}
