//! How a worker leaves the post that it has claimed: for a while, or for good. Fenced, as every step is.

use std::time::Duration;

use tokio_postgres::types::Type;

use super::{
    Connection, Parameters, StoreError,
    array::{clipped, column, storable},
    publish_claims::Intent,
    publish_steps::{Fence, fenced, noted, write},
};
use crate::domain::{PostStatus, catalogue::ErrorCode};

/// The most characters of a reason that are kept.
const DETAIL: usize = 2_000;

/// Why something is so: a code of the catalogue, and what the platform or we said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The code.
    pub code: ErrorCode,
    /// For whoever looks into it: codes and ids, never a secret.
    pub detail: String,
}

/// How a post is left alone for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// No step is taken before.
    pub after: Duration,
    /// What may have been sent without an answer.
    pub intent: Option<Intent>,
    /// Failures in a row.
    pub attempts: u32,
    /// What went wrong, where something did.
    pub failure: Option<Reason>,
}

/// Gives the post back until its next step is due. `status-updater` looks after it a minute later, when the message for
/// that step should have come.
///
/// # Errors
/// See [`StoreError`].
pub async fn rest(connection: &Connection, fence: Fence, rest: &Rest) -> Result<bool, StoreError> {
    const SET: &str = "
         due_at = now() + $4 * INTERVAL '1 second', lease_until = NULL,
         next_attempt_at = now() + $4 * INTERVAL '1 second' + INTERVAL '1 minute',
         attempts = $6, intent = $5, intent_at = CASE WHEN $5 IS NOT NULL THEN coalesce(intent_at, now()) END";
    let (seconds, intent) = (rest.after.as_secs_f64(), rest.intent.map(Intent::as_str));
    let attempts = i32::try_from(rest.attempts).unwrap_or(i32::MAX);
    let Some(failure) = &rest.failure else {
        let parameters: Parameters<'_> = &[(&seconds, Type::FLOAT8), (&intent, Type::TEXT), (&attempts, Type::INT4)];
        return write(connection, &fenced(SET), fence, parameters).await;
    };
    let parameters: Parameters<'_> = &[
        (&seconds, Type::FLOAT8),
        (&intent, Type::TEXT),
        (&attempts, Type::INT4),
        (&failure.code.as_str(), Type::TEXT),
        (&clipped(&failure.detail, DETAIL), Type::TEXT),
    ];
    write(connection, &noted(SET, "'postponed', $7, $8"), fence, parameters).await
}

/// Gives the post back until a worker may be free; a look at the queue is no step.
///
/// # Errors
/// See [`StoreError`].
pub async fn wait_its_turn(connection: &Connection, fence: Fence, after: Duration) -> Result<bool, StoreError> {
    const SET: &str = "
         due_at = now() + $4 * INTERVAL '1 second', lease_until = NULL, hops = hops - 1,
         next_attempt_at = now() + $4 * INTERVAL '1 second' + INTERVAL '1 minute'";
    write(connection, &fenced(SET), fence, &[(&after.as_secs_f64(), Type::FLOAT8)]).await
}

/// Gives the post back as it is, if it's still had: whoever is told of it next goes on.
///
/// # Errors
/// See [`StoreError`].
pub async fn release(connection: &Connection, fence: Fence) -> Result<bool, StoreError> {
    const SET: &str = "
         lease_until = NULL,
         next_attempt_at = CASE WHEN lease_until IS NULL THEN next_attempt_at ELSE now() + INTERVAL '1 minute' END";
    write(connection, &fenced(SET), fence, &[]).await
}

/// Lets the post wait for a quota.
///
/// # Errors
/// See [`StoreError`].
pub async fn hold(connection: &Connection, fence: Fence, reason: &Reason, after: Duration) -> Result<bool, StoreError> {
    const SET: &str = "
         status = 'HELD', status_at = now(),
         due_at = now() + $6 * INTERVAL '1 second', next_attempt_at = now() + $6 * INTERVAL '1 second',
         attempts = 0, intent = NULL, intent_at = NULL, lease_until = NULL";
    let parameters: Parameters<'_> = &[
        (&reason.code.as_str(), Type::TEXT),
        (&clipped(&reason.detail, DETAIL), Type::TEXT),
        (&after.as_secs_f64(), Type::FLOAT8),
    ];
    write(connection, &noted(SET, "'HELD', $4, $5"), fence, parameters).await
}

/// Gives up an upload that certainly never becomes a post, so that another may be opened: the post begins again as one that
/// waits for a worker. The name of the upload is kept, for what TikTok says of it later.
///
/// # Errors
/// See [`StoreError`].
pub async fn start_over(
    connection: &Connection,
    fence: Fence,
    reason: &Reason,
    publish_id: &str,
) -> Result<bool, StoreError> {
    const SET: &str = "
         status = 'QUEUED', status_at = now(), publish_id = NULL, upload_url_encrypted = NULL,
         upload_url_expires_at = NULL, chunk_size = NULL, chunk_count = NULL, confirmed_bytes = 0,
         uploaded_at = NULL, intent = NULL, intent_at = NULL";
    let update = fenced(SET);
    let sql = format!(
        "
        WITH moved AS ({update} RETURNING *),
        abandoned AS (
             INSERT INTO tiktok_abandoned_uploads (publish_id, tiktok_post_id)
             SELECT $6, id FROM moved
                 ON CONFLICT ON CONSTRAINT tiktok_abandoned_uploads_pkey DO NOTHING)
        INSERT INTO post_events (tiktok_post_id, event, code, detail, correlation_id)
        SELECT id, 'started_over', $4, $5, correlation_id FROM moved"
    );
    let parameters: Parameters<'_> = &[
        (&reason.code.as_str(), Type::TEXT),
        (&clipped(&reason.detail, DETAIL), Type::TEXT),
        (&publish_id, Type::TEXT),
    ];
    write(connection, &sql, fence, parameters).await
}

/// Forgets where the bytes of a post went that has ended; `false` where that was done already.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget_address(connection: &Connection, fence: Fence) -> Result<bool, StoreError> {
    let sql = fenced("upload_url_encrypted = NULL") + " AND upload_url_encrypted IS NOT NULL";
    write(connection, &sql, fence, &[]).await
}

/// Ends the post: nothing is left to do.
///
/// # Errors
/// See [`StoreError`].
pub async fn end(
    connection: &Connection,
    fence: Fence,
    status: PostStatus,
    reason: Option<&Reason>,
) -> Result<bool, StoreError> {
    const SET: &str = "
         status = $4, status_at = now(), error_code = $5, error_message = $6, next_attempt_at = NULL,
         lease_until = NULL, intent = NULL, intent_at = NULL, upload_url_encrypted = NULL";
    let code = reason.map(|reason| reason.code.as_str());
    let detail = reason.map(|reason| clipped(&reason.detail, DETAIL));
    let parameters: Parameters<'_> = &[(&status.as_str(), Type::TEXT), (&code, Type::TEXT), (&detail, Type::TEXT)];
    write(connection, &noted(SET, "status, error_code, error_message"), fence, parameters).await
}

/// Notes that nothing is left to do for a post that has ended without this worker.
///
/// # Errors
/// See [`StoreError`].
pub async fn settle(connection: &Connection, fence: Fence) -> Result<bool, StoreError> {
    const SET: &str = "
         next_attempt_at = NULL, lease_until = NULL, intent = NULL, intent_at = NULL, upload_url_encrypted = NULL";
    write(connection, &fenced(SET), fence, &[]).await
}

/// Notes that the post is out, and under which ids everybody can see it. One that was out before gets no second line.
///
/// # Errors
/// See [`StoreError`].
pub async fn publish(connection: &Connection, fence: Fence, public_ids: &[String]) -> Result<bool, StoreError> {
    const SQL: &str = "
        WITH moved AS (
             UPDATE tiktok_posts
                SET status = 'PUBLISH_COMPLETE', error_code = NULL, error_message = NULL, intent = NULL, intent_at = NULL,
                    upload_url_encrypted = NULL,
                    status_at = CASE status WHEN 'PUBLISH_COMPLETE' THEN status_at ELSE now() END, updated_at = now()
              WHERE id = $1 AND lease_token = $2 AND status = $3
             RETURNING id, correlation_id),
        noted AS (
             INSERT INTO post_events (tiktok_post_id, event, correlation_id)
             SELECT id, 'PUBLISH_COMPLETE', correlation_id FROM moved WHERE $3 <> 'PUBLISH_COMPLETE'),
        seen AS (
             INSERT INTO tiktok_public_posts AS known (tiktok_post_id, post_id, is_public, said_at)
             SELECT DISTINCT id, post_id, TRUE, now() FROM moved, unnest($4::text[]) AS said (post_id)
                 ON CONFLICT ON CONSTRAINT tiktok_public_posts_pkey DO UPDATE
                SET is_public = TRUE, said_at = excluded.said_at
              WHERE known.said_at < excluded.said_at)
        SELECT id FROM moved";
    let parameters: Parameters<'_> = &[
        (&fence.post.0, Type::INT4),
        (&fence.lease, Type::INT8),
        (&fence.status.as_str(), Type::TEXT),
        (&column(public_ids, |id| storable(id)), Type::TEXT_ARRAY),
    ];
    Ok(connection.query_typed_opt(SQL, parameters).await?.is_some())
}
