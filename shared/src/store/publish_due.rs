//! Posts that somebody must be told of: their time has come, their message or their worker was lost, or their account is
//! back.
//!
//! These statements cross owners.

use std::time::Duration;

use deadpool_postgres::Transaction;
use tokio_postgres::{Row, types::Type};

use super::{Connection, Parameters, StoreError};
use crate::domain::{AccountId, CorrelationId, PostId};

/// A post that a worker is to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePost {
    /// `tiktok_posts.id`.
    pub id: PostId,
    /// Ties it to the request that asked for it.
    pub correlation_id: Option<CorrelationId>,
    /// Whether it has waited for its day or for a quota, and goes on now.
    pub is_started: bool,
}

/// Takes at most `limit` posts to TikTok that are due, those first that have been due for longest. Where no worker gets to
/// them, they are due again in five minutes and not sooner: a slow queue isn't helped by more messages.
///
/// # Errors
/// See [`StoreError`].
pub async fn take(connection: &Connection, limit: i64) -> Result<Vec<DuePost>, StoreError> {
    const SQL: &str = "
        WITH due AS (
             SELECT id, status IN ('SCHEDULED', 'HELD') AS is_started
               FROM tiktok_posts
              WHERE (next_attempt_at <= now() OR status = 'SCHEDULED' AND publish_at <= now())
                AND (status <> 'SCHEDULED' OR publish_at <= now())
                AND (lease_until IS NULL OR lease_until < now())
              ORDER BY next_attempt_at NULLS FIRST, id
              LIMIT $1
                FOR UPDATE SKIP LOCKED),
        taken AS (
             UPDATE tiktok_posts p
                SET status = CASE WHEN due.is_started THEN 'QUEUED' ELSE p.status END,
                    status_at = CASE WHEN due.is_started THEN now() ELSE p.status_at END,
                    due_at = CASE WHEN due.is_started THEN now() ELSE p.due_at END,
                    next_attempt_at = now() + INTERVAL '5 minutes', updated_at = now()
               FROM due
              WHERE p.id = due.id
             RETURNING p.id, p.correlation_id, due.is_started),
        noted AS (
             INSERT INTO post_events (tiktok_post_id, event, correlation_id)
             SELECT id, 'QUEUED', correlation_id FROM taken WHERE is_started)
        SELECT id, correlation_id, is_started FROM taken";
    let parameters: Parameters<'_> = &[(&limit, Type::INT8)];
    let rows = connection.query_typed(SQL, parameters).await?;
    rows.iter().map(due_post).collect()
}

/// Makes posts due again that were taken and that nobody could be told of, unless a worker has gone on with them: a message
/// may have arrived although SQS didn't say so.
///
/// # Errors
/// See [`StoreError`].
pub async fn put_back(connection: &Connection, posts: &[PostId]) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE tiktok_posts
           SET next_attempt_at = now(), updated_at = now()
         WHERE id = ANY ($1) AND next_attempt_at IS NOT NULL AND due_at <= now()
           AND (lease_until IS NULL OR lease_until < now())";
    let ids: Vec<i32> = posts.iter().map(|post| post.0).collect();
    connection.execute_typed(SQL, &[(&ids, Type::INT4_ARRAY)]).await?;
    Ok(())
}

/// Has TikTok asked once more what became of an account's posts, now that it can be asked again: of those of the last 30
/// days that it has given a name, and whose outcome is unknown.
///
/// # Errors
/// See [`StoreError`].
pub async fn ask_again(transaction: &Transaction<'_>, account: AccountId) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE tiktok_posts
           SET due_at = now(), next_attempt_at = now(), attempts = 0, hops = 0, updated_at = now()
         WHERE id IN (SELECT id FROM tiktok_posts
                       WHERE oauth_account_id = $1 AND status = 'OUTCOME_UNKNOWN' AND publish_id IS NOT NULL
                         AND status_at > now() - INTERVAL '30 days'
                       ORDER BY id
                         FOR UPDATE)";
    transaction.execute_typed(SQL, &[(&account.0, Type::INT4)]).await?;
    Ok(())
}

/// Uploads whose bytes TikTok waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenUploads {
    /// How many there are.
    pub all: i64,
    /// How many a worker is at, or will be soon. The others are left alone after failures.
    pub soon: i64,
}

/// How many uploads are open, and at how many a worker will be before so long.
///
/// # Errors
/// See [`StoreError`].
pub async fn open_uploads(connection: &Connection, soon: Duration) -> Result<OpenUploads, StoreError> {
    const SQL: &str = "
        SELECT count(*), count(*) FILTER (WHERE due_at <= now() + make_interval(secs => $1)) FROM tiktok_posts
         WHERE status = 'PROCESSING_UPLOAD' AND confirmed_bytes < total_bytes AND upload_url_expires_at > now()";
    let row = connection.query_typed_one(SQL, &[(&soon.as_secs_f64(), Type::FLOAT8)]).await?;
    Ok(OpenUploads { all: row.try_get(0)?, soon: row.try_get(1)? })
}

fn due_post(row: &Row) -> Result<DuePost, StoreError> {
    let correlation_id: Option<&str> = row.try_get("correlation_id")?;
    Ok(DuePost {
        id: PostId(row.try_get("id")?),
        correlation_id: correlation_id.and_then(CorrelationId::parse),
        is_started: row.try_get("is_started")?,
    })
}
