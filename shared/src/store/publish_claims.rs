//! Who may take a post's next step on TikTok: one worker at a time, until its lease ends.
//!
//! Each claim raises the lease's number, which every write of that worker is fenced by (see
//! [`publish_steps`](super::publish_steps)).

use std::time::Duration;

use platforms::secret::UploadUrl;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_postgres::{Row, types::Type};

use super::{Connection, StoreError, word};
use crate::{
    crypto::Sealed,
    domain::{AccountId, AccountStatus, PostId, PostStatus, UserId},
};

/// How long a worker has a post: a little longer than the function may take. The platforms' addresses to upload to live an
/// hour, so a lost worker must be noticed in minutes.
pub(super) const LEASE: &str = "INTERVAL '200 seconds'";
/// When `status-updater` looks for a worker that was lost.
pub(super) const LEASE_AND_A_LITTLE: &str = "INTERVAL '205 seconds'";

/// A call that can't be taken back, written down before it's made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// To create the post.
    Init,
    /// To send the last bytes: with them TikTok may publish it.
    LastChunk,
    /// The last bytes were sent, to an address that took no more: they may be sent anew once TikTok says the same.
    TurnedAway,
    /// To cancel it.
    Cancel,
}

impl Intent {
    /// The word in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::LastChunk => "last_chunk",
            Self::TurnedAway => "turned_away",
            Self::Cancel => "cancel",
        }
    }
}

/// A post that this worker has, as its row was when it was claimed.
#[derive(Debug)]
pub struct ClaimedPost {
    /// `tiktok_posts.id`.
    pub id: PostId,
    /// This claim's number.
    pub lease: i64,
    /// Whose it is.
    pub user: UserId,
    /// Who posts.
    pub account: AccountId,
    /// The account's id on TikTok.
    pub open_id: String,
    /// Whether the account is still connected.
    pub account_status: AccountStatus,
    /// Where it is.
    pub status: PostStatus,
    /// Whether it's a video that we send, posted directly.
    pub is_direct_upload: bool,
    /// What the person asked for.
    pub request: Value,
    /// TikTok's name for it.
    pub publish_id: Option<String>,
    /// What may have been sent without an answer.
    pub intent: Option<Intent>,
    /// Where its bytes go.
    pub upload_url: Option<Sealed<UploadUrl>>,
    /// How long that still takes bytes.
    pub upload_url_lives: Duration,
    /// The file's size.
    pub total_bytes: u64,
    /// How the file is cut.
    pub chunk_size: Option<u64>,
    /// How much of it TikTok has, as far as it has said.
    pub confirmed_bytes: u64,
    /// Failures in a row.
    pub attempts: u32,
    /// How often it was claimed.
    pub hops: u32,
    /// How often TikTok has opened an upload for it.
    pub uploads: u32,
    /// Since when the person wants it out.
    pub wanted_for: Duration,
    /// Since when TikTok has, or may have, the whole file.
    pub out_for: Duration,
    /// Whether it's known under a public id.
    pub is_public: bool,
    /// Ties it to the request that asked for it.
    pub correlation_id: Option<String>,
}

/// Claims a post whose next step is due; `None` where somebody else has it, nothing is left to do, or it isn't due. What
/// waits for a day or a quota is started by `status-updater` alone.
///
/// # Errors
/// See [`StoreError`].
pub async fn claim(connection: &Connection, post: PostId) -> Result<Option<ClaimedPost>, StoreError> {
    let sql = format!(
        "
        WITH claimed AS (
             UPDATE tiktok_posts
                SET lease_until = now() + {LEASE}, lease_token = lease_token + 1, hops = hops + 1,
                    next_attempt_at = now() + {LEASE_AND_A_LITTLE}, updated_at = now()
              WHERE id = $1 AND next_attempt_at IS NOT NULL AND status NOT IN ('SCHEDULED', 'HELD')
                AND due_at <= now() + INTERVAL '1 second' AND (lease_until IS NULL OR lease_until < now())
             RETURNING *)
        SELECT p.id, p.lease_token, p.user_id, p.oauth_account_id, a.open_id, a.status AS account_status, p.status,
               (p.media_kind, p.mode, p.source) = ('VIDEO', 'DIRECT_POST', 'FILE_UPLOAD') AS is_direct_upload,
               p.request_json, p.publish_id, p.intent, p.upload_url_encrypted, p.total_bytes, p.chunk_size,
               p.confirmed_bytes, p.attempts, p.hops, p.uploads, p.correlation_id,
               extract(epoch FROM p.upload_url_expires_at - now())::float8 AS upload_url_lives,
               extract(epoch FROM now() - coalesce(p.publish_at, p.created_at))::float8 AS wanted_for,
               extract(epoch FROM now() - coalesce(p.uploaded_at, p.intent_at, p.status_at))::float8 AS out_for,
               EXISTS (SELECT FROM tiktok_public_posts u WHERE u.tiktok_post_id = p.id) AS is_public
          FROM claimed p JOIN oauth_accounts a ON a.id = p.oauth_account_id"
    );
    let row = connection.query_typed_opt(&sql, &[(&post.0, Type::INT4)]).await?;
    row.as_ref().map(claimed).transpose()
}

fn claimed(row: &Row) -> Result<ClaimedPost, StoreError> {
    let intent: Option<&str> = row.try_get("intent")?;
    let sealed: Option<String> = row.try_get("upload_url_encrypted")?;
    Ok(ClaimedPost {
        id: PostId(row.try_get("id")?),
        lease: row.try_get("lease_token")?,
        user: UserId(row.try_get("user_id")?),
        account: AccountId(row.try_get("oauth_account_id")?),
        open_id: row.try_get("open_id")?,
        account_status: word(row, "account_status")?,
        status: word(row, "status")?,
        is_direct_upload: row.try_get("is_direct_upload")?,
        request: row.try_get("request_json")?,
        publish_id: row.try_get("publish_id")?,
        intent: intent.map(|_| word(row, "intent")).transpose()?,
        upload_url: sealed.map(Sealed::from_column),
        upload_url_lives: span(row, "upload_url_lives")?,
        total_bytes: number(row, "total_bytes")?.unwrap_or_default(),
        chunk_size: number(row, "chunk_size")?,
        confirmed_bytes: number(row, "confirmed_bytes")?.unwrap_or_default(),
        attempts: row.try_get::<_, i32>("attempts")?.unsigned_abs(),
        hops: row.try_get::<_, i32>("hops")?.unsigned_abs(),
        uploads: row.try_get::<_, i32>("uploads")?.unsigned_abs(),
        wanted_for: span(row, "wanted_for")?,
        out_for: span(row, "out_for")?,
        is_public: row.try_get("is_public")?,
        correlation_id: row.try_get("correlation_id")?,
    })
}

fn number(row: &Row, column: &str) -> Result<Option<u64>, StoreError> {
    Ok(row.try_get::<_, Option<i64>>(column)?.map(i64::unsigned_abs))
}

/// Seconds; none where they are negative or missing.
fn span(row: &Row, column: &str) -> Result<Duration, StoreError> {
    let seconds: Option<f64> = row.try_get(column)?;
    Ok(Duration::try_from_secs_f64(seconds.unwrap_or_default()).unwrap_or_default())
}
