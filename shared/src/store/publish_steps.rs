//! What a worker writes of the post that it has claimed, step by step.
//!
//! Every write is fenced: it does nothing, and says so, when another worker has the post by now or a webhook has moved it
//! on. Each status, and each call that can't be taken back, gets its line in the timeline in the same statement.

use std::time::Duration;

use deadpool_postgres::Transaction;
use platforms::secret::UploadUrl;
use tokio_postgres::types::Type;

use super::{
    Connection, Parameters, StoreError,
    publish_claims::{Intent, LEASE, LEASE_AND_A_LITTLE},
};
use crate::{
    crypto::Sealed,
    domain::{PostId, PostStatus},
};

/// What a write demands of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    /// `tiktok_posts.id`.
    pub post: PostId,
    /// The claim's number.
    pub lease: i64,
    /// Where the worker believes the post to be.
    pub status: PostStatus,
}

/// An upload that TikTok has opened.
#[derive(Debug)]
pub struct OpenedUpload<'a> {
    /// TikTok's name for the post.
    pub publish_id: &'a str,
    /// Where its bytes go.
    pub url: &'a Sealed<UploadUrl>,
    /// How long we send there.
    pub lives: Duration,
    /// How large a chunk is.
    pub chunk_size: u64,
    /// How many there are.
    pub chunk_count: u64,
}

/// Notes a call that is about to be made and can't be taken back. A creation counts as a failure until it's answered. The last
/// bytes aren't sent for who has disconnected meanwhile.
///
/// # Errors
/// See [`StoreError`].
pub async fn intend(connection: &Connection, fence: Fence, intent: Intent) -> Result<bool, StoreError> {
    let set = format!(
        "intent = $4, intent_at = now(), attempts = attempts + CASE $4 WHEN 'init' THEN 1 ELSE 0 END,
         lease_until = now() + {LEASE}, next_attempt_at = now() + {LEASE_AND_A_LITTLE}"
    );
    let update = fenced(&set)
        + " AND ($4 <> 'last_chunk' OR EXISTS (
                    SELECT FROM oauth_accounts a WHERE a.id = oauth_account_id AND a.status <> 'revoked'))";
    let sql = with_line(&update, "intent, NULL, NULL");
    write(connection, &sql, fence, &[(&intent.as_str(), Type::TEXT)]).await
}

/// Writes down the upload that TikTok has opened, in the transaction that applies what waits for its name.
///
/// # Errors
/// See [`StoreError`].
pub async fn open_upload(
    transaction: &Transaction<'_>,
    fence: Fence,
    upload: &OpenedUpload<'_>,
) -> Result<bool, StoreError> {
    let set = format!(
        "publish_id = $4, upload_url_encrypted = $5, upload_url_expires_at = now() + $6 * INTERVAL '1 second',
         chunk_size = $7, chunk_count = $8, confirmed_bytes = 0, uploads = uploads + 1, attempts = 0,
         intent = NULL, intent_at = NULL, status = 'PROCESSING_UPLOAD', status_at = now(),
         lease_until = now() + {LEASE}, next_attempt_at = now() + {LEASE_AND_A_LITTLE}"
    );
    let parameters: Parameters<'_> = &[
        (&fence.post.0, Type::INT4),
        (&fence.lease, Type::INT8),
        (&fence.status.as_str(), Type::TEXT),
        (&upload.publish_id, Type::TEXT),
        (&upload.url.as_str(), Type::TEXT),
        (&upload.lives.as_secs_f64(), Type::FLOAT8),
        (&bytes(upload.chunk_size), Type::INT8),
        (&i32::try_from(upload.chunk_count).unwrap_or(i32::MAX), Type::INT4),
    ];
    Ok(transaction.execute_typed(&noted(&set, "status, NULL, NULL"), parameters).await? == 1)
}

/// Notes how much of the file TikTok has, and starts the lease anew.
///
/// # Errors
/// See [`StoreError`].
pub async fn progress(connection: &Connection, fence: Fence, confirmed: u64) -> Result<bool, StoreError> {
    let set = format!(
        "confirmed_bytes = $4, attempts = CASE WHEN $4 > confirmed_bytes THEN 0 ELSE attempts END,
         lease_until = now() + {LEASE}, next_attempt_at = now() + {LEASE_AND_A_LITTLE}"
    );
    write(connection, &fenced(&set), fence, &[(&bytes(confirmed), Type::INT8)]).await
}

/// Notes that TikTok has the whole file: from now on it alone says what becomes of the post.
///
/// # Errors
/// See [`StoreError`].
pub async fn complete_upload(connection: &Connection, fence: Fence) -> Result<bool, StoreError> {
    const SET: &str =
        "confirmed_bytes = total_bytes, uploaded_at = now(), attempts = 0, intent = NULL, intent_at = NULL";
    write(connection, &noted(SET, "'uploaded', NULL, NULL"), fence, &[]).await
}

/// Notes that its address takes no more bytes, and what became of the last ones.
///
/// # Errors
/// See [`StoreError`].
pub async fn close_upload(connection: &Connection, fence: Fence, last: Intent) -> Result<bool, StoreError> {
    const SET: &str = "upload_url_expires_at = now(), intent = $4, intent_at = coalesce(intent_at, now())";
    let sql = noted(SET, "'upload_closed', NULL, NULL");
    write(connection, &sql, fence, &[(&last.as_str(), Type::TEXT)]).await
}

/// A change of the row, if it's as the fence has it. The caller's parameters begin with $4.
pub(super) fn fenced(set: &str) -> String {
    format!("UPDATE tiktok_posts SET {set}, updated_at = now() WHERE id = $1 AND lease_token = $2 AND status = $3")
}

/// The same with a line in the timeline: its event, code and detail.
pub(super) fn noted(set: &str, line: &str) -> String {
    with_line(&fenced(set), line)
}

fn with_line(update: &str, line: &str) -> String {
    format!(
        "
        WITH moved AS ({update} RETURNING *)
        INSERT INTO post_events (tiktok_post_id, event, code, detail, correlation_id)
        SELECT id, {line}, correlation_id FROM moved"
    )
}

/// Whether the row was as the fence has it.
pub(super) async fn write(
    connection: &Connection,
    sql: &str,
    fence: Fence,
    more: Parameters<'_>,
) -> Result<bool, StoreError> {
    let status = fence.status.as_str();
    let row: Parameters<'_> = &[(&fence.post.0, Type::INT4), (&fence.lease, Type::INT8), (&status, Type::TEXT)];
    let parameters: Vec<_> = row.iter().chain(more).cloned().collect();
    Ok(connection.execute_typed(sql, &parameters).await? == 1)
}

fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
