//! Files that people put into our bucket: what was promised of each, what was found, and when it goes.
//!
//! A file's time is pushed forward by every post that needs it. In its last minutes no post may begin to: whoever deletes
//! it has looked at the row before.

use std::time::Duration;

use deadpool_postgres::Transaction;
use serde_json::Value;
use time::OffsetDateTime;
use tokio_postgres::{Row, types::Type};

use super::{Connection, Parameters, StoreError, word};
use crate::domain::{MediaId, MediaStatus, MediaType, UserId};

/// A file, as its row has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// Its number.
    pub id: MediaId,
    /// Where it lies in the bucket.
    pub object_key: String,
    /// What kind of file was promised.
    pub content_type: MediaType,
    /// How many bytes were promised.
    pub size: u64,
    /// The CRC32 that was promised, base64.
    pub checksum: String,
    /// The version that was checked.
    pub etag: Option<String>,
    /// What became of it.
    pub status: MediaStatus,
    /// Whether a post may still begin to use it.
    pub is_kept: bool,
    /// Until when it can be kept at all.
    pub at_most_until: OffsetDateTime,
    /// What was found in it, as it was written down.
    pub facts: Option<Value>,
}

/// What is promised of a file.
#[derive(Debug, Clone, Copy)]
pub struct NewMedia<'a> {
    /// Whose it is.
    pub owner: UserId,
    /// Where it will lie in the bucket.
    pub object_key: &'a str,
    /// What kind of file it is.
    pub content_type: MediaType,
    /// How many bytes it has.
    pub size: u64,
    /// Its CRC32, base64.
    pub checksum: &'a str,
    /// The end of its upload address.
    pub expires_at: OffsetDateTime,
    /// How long it's kept if no post needs it.
    pub kept: Duration,
}

/// Writes down what was promised; returns the file's number.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(connection: &Connection, new: NewMedia<'_>) -> Result<MediaId, StoreError> {
    const SQL: &str = "
        INSERT INTO media_uploads (user_id, object_key, content_type, size, checksum, expires_at, delete_after)
        VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * INTERVAL '1 second')
        RETURNING id";
    let parameters: Parameters<'_> = &[
        (&new.owner.0, Type::INT8),
        (&new.object_key, Type::TEXT),
        (&new.content_type.as_str(), Type::TEXT),
        (&i64::try_from(new.size).unwrap_or(i64::MAX), Type::INT8),
        (&new.checksum, Type::TEXT),
        (&new.expires_at, Type::TIMESTAMPTZ),
        (&new.kept.as_secs_f64(), Type::FLOAT8),
    ];
    let row = connection.query_typed_one(SQL, parameters).await?;
    Ok(MediaId(row.try_get("id")?))
}

/// The owner's file.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(connection: &Connection, owner: UserId, id: MediaId) -> Result<Option<Media>, StoreError> {
    const SQL: &str = "
        SELECT id, object_key, content_type, size, checksum, etag, status, metadata -> 'facts' AS facts,
               status <> 'deleted' AND delete_after > now() + INTERVAL '10 minutes' AS is_kept,
               created_at + make_interval(secs => $3) AS at_most_until
          FROM media_uploads
         WHERE id = $1 AND user_id = $2";
    let longest = MediaType::LONGEST_NEEDED.as_secs_f64();
    let parameters: Parameters<'_> = &[(&id.0, Type::INT8), (&owner.0, Type::INT8), (&longest, Type::FLOAT8)];
    let row = connection.query_typed_opt(SQL, parameters).await?;
    row.as_ref().map(media).transpose()
}

/// Writes down which version was found and what is in it. `false` where another version was written down before, or the
/// file was deleted.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_stored(connection: &Connection, id: MediaId, etag: &str, facts: &Value) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE media_uploads
           SET status = 'stored', etag = $2, stored_at = coalesce(stored_at, now()), updated_at = now(),
               metadata = coalesce(metadata, '{}') || jsonb_build_object('facts', $3::jsonb)
         WHERE id = $1 AND (status = 'pending' OR status = 'stored' AND etag = $2)";
    let parameters: Parameters<'_> = &[(&id.0, Type::INT8), (&etag, Type::TEXT), (&facts, Type::JSONB)];
    Ok(connection.execute_typed(SQL, parameters).await? > 0)
}

/// Keeps the owner's files until then at least, in the transaction that writes the post which needs them. Returns how many
/// different ones are kept: fewer than were asked for when one isn't there, isn't checked yet, is about to go, or will be
/// too old by then.
///
/// # Errors
/// See [`StoreError`].
pub async fn keep(
    transaction: &Transaction<'_>,
    owner: UserId,
    ids: &[MediaId],
    until: OffsetDateTime,
) -> Result<u64, StoreError> {
    const SQL: &str = "
        UPDATE media_uploads
           SET delete_after = greatest(delete_after, $3), updated_at = now()
         WHERE id = ANY ($1) AND user_id = $2 AND status = 'stored' AND delete_after > now() + INTERVAL '10 minutes'
           AND $3 <= created_at + make_interval(secs => $4)";
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let parameters: Parameters<'_> = &[
        (&ids, Type::INT8_ARRAY),
        (&owner.0, Type::INT8),
        (&until, Type::TIMESTAMPTZ),
        (&MediaType::LONGEST_NEEDED.as_secs_f64(), Type::FLOAT8),
    ];
    Ok(transaction.execute_typed(SQL, parameters).await?)
}

/// A file whose time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its number.
    pub id: MediaId,
    /// Where it lies in the bucket.
    pub object_key: String,
}

/// At most so many files whose time is over, the oldest first, of all users; these ones aside. As long as its upload address lives a file
/// stays: otherwise it could come back after its row has said that it's gone.
///
/// # Errors
/// See [`StoreError`].
pub async fn due(connection: &Connection, aside: &[MediaId], limit: i64) -> Result<Vec<Due>, StoreError> {
    const SQL: &str = "
        SELECT id, object_key
          FROM media_uploads
         WHERE delete_after <= now() AND status <> 'deleted' AND expires_at <= now() AND id <> ALL ($2)
         ORDER BY delete_after
         LIMIT $1";
    let aside: Vec<i64> = aside.iter().map(|id| id.0).collect();
    let rows = connection.query_typed(SQL, &[(&limit, Type::INT8), (&aside, Type::INT8_ARRAY)]).await?;
    rows.iter().map(due_row).collect()
}

fn due_row(row: &Row) -> Result<Due, StoreError> {
    Ok(Due { id: MediaId(row.try_get("id")?), object_key: row.try_get("object_key")? })
}

/// Writes down that these files are gone from the bucket; what was found in them is forgotten with them.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_deleted(connection: &Connection, ids: &[MediaId]) -> Result<u64, StoreError> {
    const SQL: &str = "
        UPDATE media_uploads
           SET status = 'deleted', deleted_at = now(), updated_at = now(), metadata = NULL
         WHERE id = ANY ($1) AND status <> 'deleted'";
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    Ok(connection.execute_typed(SQL, &[(&ids, Type::INT8_ARRAY)]).await?)
}

/// Forgets files that were deleted more than 30 days ago.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget_old(connection: &Connection) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM media_uploads WHERE status = 'deleted' AND deleted_at < now() - INTERVAL '30 days'";
    Ok(connection.execute_typed(SQL, &[]).await?)
}

fn media(row: &Row) -> Result<Media, StoreError> {
    let size: i64 = row.try_get("size")?;
    Ok(Media {
        id: MediaId(row.try_get("id")?),
        object_key: row.try_get("object_key")?,
        content_type: word(row, "content_type")?,
        size: size.unsigned_abs(),
        checksum: row.try_get("checksum")?,
        etag: row.try_get("etag")?,
        status: word(row, "status")?,
        is_kept: row.try_get("is_kept")?,
        at_most_until: row.try_get("at_most_until")?,
        facts: row.try_get("facts")?,
    })
}
