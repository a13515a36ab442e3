//! Posts that are taken on. How they fare is written by others.

use std::time::Duration;

use deadpool_postgres::Transaction;
use serde_json::Value;
use time::OffsetDateTime;
use tokio_postgres::types::Type;

use super::{Parameters, StoreError};
use crate::domain::{
    AccountId, CorrelationId, MediaKind, Mode, PostId, PostStatus, Source, UserId, catalogue::ErrorCode,
};

/// A post to TikTok that nothing has been done about yet.
#[derive(Debug)]
pub struct NewTikTokPost<'a> {
    /// Whose it is.
    pub owner: UserId,
    /// Who posts.
    pub account: AccountId,
    /// What is posted.
    pub kind: MediaKind,
    /// How far it goes.
    pub mode: Mode,
    /// Who moves the bytes.
    pub source: Source,
    /// Its text.
    pub title: Option<&'a str>,
    /// What was asked for, whole.
    pub request: &'a Value,
    /// How many bytes its file has.
    pub total_bytes: u64,
    /// When it begins.
    pub start: Start,
    /// Ties it to the request.
    pub correlation_id: Option<&'a CorrelationId>,
}

/// When a post begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Now: a message is on its way. Should it be lost, another is sent after so long.
    AtOnce(Duration),
    /// Then.
    At(OffsetDateTime),
    /// Once the platform's quota allows it, which is asked again after so long.
    Held(ErrorCode, Duration),
}

impl Start {
    /// The status that it begins with.
    pub const fn status(self) -> PostStatus {
        match self {
            Self::AtOnce(_) => PostStatus::Queued,
            Self::At(_) => PostStatus::Scheduled,
            Self::Held(..) => PostStatus::Held,
        }
    }

    /// Why it doesn't begin at once.
    pub const fn code(self) -> Option<ErrorCode> {
        match self {
            Self::Held(code, _) => Some(code),
            Self::AtOnce(_) | Self::At(_) => None,
        }
    }

    /// The time that it begins at, or how long it's left alone.
    const fn when(self) -> (Option<OffsetDateTime>, Duration) {
        match self {
            Self::At(time) => (Some(time), Duration::ZERO),
            Self::AtOnce(pause) | Self::Held(_, pause) => (None, pause),
        }
    }
}

/// Writes a post with the first line of its timeline.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert_tiktok(transaction: &Transaction<'_>, new: &NewTikTokPost<'_>) -> Result<PostId, StoreError> {
    const SQL: &str = "
        WITH post AS (
             INSERT INTO tiktok_posts (user_id, oauth_account_id, status, media_kind, mode, source, title, request_json,
                                       total_bytes, publish_at, next_attempt_at, correlation_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce($10, now() + make_interval(secs => $11)), $12)
             RETURNING id, status, correlation_id),
        noted AS (
             INSERT INTO post_events (tiktok_post_id, event, code, correlation_id)
             SELECT id, status, $13, correlation_id FROM post)
        SELECT id FROM post";
    let (time, pause) = new.start.when();
    let parameters: Parameters<'_> = &[
        (&new.owner.0, Type::INT8),
        (&new.account.0, Type::INT4),
        (&new.start.status().as_str(), Type::TEXT),
        (&new.kind.as_str(), Type::TEXT),
        (&new.mode.as_str(), Type::TEXT),
        (&new.source.as_str(), Type::TEXT),
        (&new.title, Type::TEXT),
        (&new.request, Type::JSONB),
        (&i64::try_from(new.total_bytes).unwrap_or(i64::MAX), Type::INT8),
        (&time, Type::TIMESTAMPTZ),
        (&pause.as_secs_f64(), Type::FLOAT8),
        (&new.correlation_id.map(CorrelationId::as_str), Type::TEXT),
        (&new.start.code().map(ErrorCode::as_str), Type::TEXT),
    ];
    Ok(PostId(transaction.query_typed_one(SQL, parameters).await?.try_get(0)?))
}
