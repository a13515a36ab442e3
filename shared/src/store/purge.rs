//! What we hold about a person whom Meta names, and its deletion, a batch at a time.
//!
//! These statements cross owners, as [`Traces`] does.

use deadpool_postgres::Transaction;
use tokio_postgres::types::{ToSql, Type};

pub use super::purge_traces::{Traces, traces};
use super::{Parameters, StoreError, data_deletion_requests::OpenRequest};

/// A kind of thing that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its name in the counts.
    kind: &'static str,
    /// Where it lies.
    table: &'static str,
    /// Which rows: `$1` logins, `$2` accounts, `$3` ids, `$4` usernames, `$5` the logins' own ids, `$6` users, `$7` where it
    /// ends.
    which: &'static str,
    /// What is done to them.
    change: Change,
}

/// What is done to rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Delete,
    /// Posts are deleted with their timelines, and the files that no other post uses are marked.
    DeleteWithFiles,
    /// Addresses are erased.
    Anonymize,
}

/// What is deleted batch by batch, in an order that foreign keys allow.
pub const STEPS: [Step; 7] = [
    // Deliveries about the person's accounts, whatever became of them, and what the person wrote below the posts of others.
    Step {
        kind: "webhookEvents",
        table: "webhook_events",
        which: "
            provider = 'instagram' AND (subject_id = ANY ($3) OR author_id = ANY ($3) OR author_name = ANY ($4))
            AND ($7 IS NULL OR received_at <= $7)",
        change: Change::Delete,
    },
    Step {
        kind: "comments",
        table: "ig_comments",
        which: "
            (instagram_account_id = ANY ($2) OR from_id = ANY ($3) OR from_user = ANY ($4))
            AND ($7 IS NULL OR created_at <= $7)",
        change: Change::Delete,
    },
    Step {
        kind: "media",
        table: "ig_media",
        which: "instagram_account_id = ANY ($2) AND ($7 IS NULL OR created_at <= $7)",
        change: Change::Delete,
    },
    Step {
        kind: "posts",
        table: "instagram_posts",
        which: "
            (oauth_account_id = ANY ($1) OR instagram_account_id = ANY ($2)) AND ($7 IS NULL OR created_at <= $7)",
        change: Change::DeleteWithFiles,
    },
    Step {
        kind: "syncs",
        table: "sync_cursors",
        which: "
            (oauth_account_id = ANY ($1) OR instagram_account_id = ANY ($2)) AND ($7 IS NULL OR created_at <= $7)",
        change: Change::Delete,
    },
    Step {
        kind: "revocations",
        table: "pending_revocations",
        which: "
            (oauth_account_id = ANY ($1) OR provider = 'instagram' AND open_id = ANY ($5))
            AND ($7 IS NULL OR created_at <= $7)",
        change: Change::Delete,
    },
    // Who disconnected what and when stays, as our own numbers: a log that people can erase shows nobody who broke in.
    Step {
        kind: "auditAddresses",
        table: "auth_audit_log",
        which: "
            user_id = ANY ($6) AND oauth_account_id = ANY ($1) AND ($7 IS NULL OR at <= $7)
            AND (ip IS NOT NULL OR user_agent IS NOT NULL)",
        change: Change::Anonymize,
    },
];

/// What is deleted in the end: the rows that led to the others. A connection that was made after the request stays, whether
/// it lives or was ended since, and so does an Instagram account of which anything came later.
pub const END: [Step; 2] = [
    Step {
        kind: "instagramAccounts",
        table: "instagram_accounts",
        which: "
            id = ANY ($2) AND status = 'revoked'
            AND NOT EXISTS (SELECT FROM instagram_posts p WHERE p.instagram_account_id = instagram_accounts.id)
            AND NOT EXISTS (SELECT FROM ig_media m WHERE m.instagram_account_id = instagram_accounts.id)",
        change: Change::Delete,
    },
    Step {
        kind: "accounts",
        table: "oauth_accounts",
        which: "
            id = ANY ($1) AND status = 'revoked' AND ($7 IS NULL OR granted_at <= $7)
            AND NOT EXISTS (SELECT FROM instagram_accounts i WHERE i.oauth_account_id = oauth_accounts.id)
            AND NOT EXISTS (SELECT FROM instagram_posts p WHERE p.oauth_account_id = oauth_accounts.id)",
        change: Change::Delete,
    },
];

/// The kind of file that is counted with posts.
const FILES: &str = "files";

/// After `gone` posts: marks the files that only they used. Another post of theirs marks them when it goes. The media's own
/// lifecycle deletes marked files, then their rows.
const MARK_FILES: &str = "
    , used AS (
         SELECT DISTINCT user_id, media #>> '{}' AS id
           FROM gone CROSS JOIN LATERAL jsonb_path_query(request_json, '$.**.mediaId') AS media),
    used_still AS MATERIALIZED (
         SELECT user_id, media #>> '{}' AS id
           FROM instagram_posts CROSS JOIN LATERAL jsonb_path_query(request_json, '$.**.mediaId') AS media
          WHERE user_id IN (SELECT user_id FROM used) AND id NOT IN (SELECT id FROM gone)
          UNION
         SELECT user_id, media #>> '{}'
           FROM tiktok_posts
          CROSS JOIN LATERAL (SELECT jsonb_path_query(request_json, '$.**.mediaId')
                               UNION ALL SELECT jsonb_path_query(request_json, '$.**.photoMediaIds[*]')) AS it (media)
          WHERE user_id IN (SELECT user_id FROM used)),
    marked AS (
         UPDATE media_uploads m
            SET delete_after = now(), updated_at = now(),
                metadata = coalesce(metadata, '{}') || jsonb_build_object('dataDeletion', $8::bigint)
           FROM used
          WHERE m.id::text = used.id AND m.user_id = used.user_id AND m.status <> 'deleted'
            AND m.metadata ->> 'dataDeletion' IS NULL
            AND NOT EXISTS (SELECT FROM used_still s WHERE s.user_id = used.user_id AND s.id = used.id)
         RETURNING 1)";

impl Step {
    /// Locks the files of the posts that may be deleted: whoever is taking on another post that needs one of them has it
    /// locked until then, and the statement after this one sees that post.
    fn lock(&self) -> Option<String> {
        let Self { table, which, change, .. } = self;
        (*change == Change::DeleteWithFiles).then(|| {
            format!(
                "SELECT id
                   FROM media_uploads
                  WHERE (user_id, id::text) IN (
                        SELECT user_id, media #>> '{{}}'
                          FROM {table} CROSS JOIN LATERAL jsonb_path_query(request_json, '$.**.mediaId') AS media
                         WHERE {which})
                  ORDER BY id
                    FOR UPDATE"
            )
        })
    }

    /// All kinds that are counted.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        STEPS.into_iter().chain(END).map(|step| step.kind).chain([FILES])
    }

    /// Changes at most `$9` rows, and tells how many of which kind. They are locked before they go, so that one that somebody
    /// else has changed meanwhile is judged as it is then.
    fn sql(&self) -> String {
        let Self { kind, table, which, .. } = self;
        let (change, more, counted) = match self.change {
            Change::Delete => (format!("DELETE FROM {table}"), "", ""),
            Change::DeleteWithFiles => {
                (format!("DELETE FROM {table}"), MARK_FILES, "UNION ALL SELECT 'files', count(*) FROM marked")
            }
            Change::Anonymize => (format!("UPDATE {table} SET ip = NULL, user_agent = NULL"), "", ""),
        };
        format!(
            "WITH gone AS ({change} WHERE id IN (SELECT id FROM {table} WHERE {which} LIMIT $9 FOR UPDATE) RETURNING *) {more}
             SELECT '{kind}' AS kind, count(*) AS count FROM gone {counted}"
        )
    }
}

/// Carries out one step, for at most `limit` rows, and returns how many those were, by kind.
///
/// # Errors
/// See [`StoreError`].
pub async fn carry_out(
    transaction: &Transaction<'_>,
    step: Step,
    traces: &Traces,
    limit: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    let parameters = [parameters(traces).as_slice(), &[(&limit, Type::INT8)]].concat();
    if let Some(lock) = step.lock() {
        transaction.query_typed(&lock, &parameters).await?;
    }
    let rows = transaction.query_typed(&step.sql(), &parameters).await?;
    rows.iter().map(|row| Ok((row.try_get("kind")?, row.try_get("count")?))).collect()
}

/// Whether any of this is there, the rows aside that lead to it.
///
/// # Errors
/// See [`StoreError`].
pub async fn is_left(transaction: &Transaction<'_>, traces: &Traces) -> Result<bool, StoreError> {
    let each = STEPS.map(|Step { table, which, .. }| format!("EXISTS (SELECT FROM {table} WHERE {which})"));
    let sql = format!("SELECT {}", each.join(" OR "));
    Ok(transaction.query_typed_one(&sql, &parameters(traces)).await?.try_get(0)?)
}

fn parameters(traces: &Traces) -> [(&(dyn ToSql + Sync), Type); 8] {
    [
        (&traces.logins, Type::INT4_ARRAY),
        (&traces.accounts, Type::INT4_ARRAY),
        (&traces.ids, Type::TEXT_ARRAY),
        (&traces.usernames, Type::TEXT_ARRAY),
        (&traces.open_ids, Type::TEXT_ARRAY),
        (&traces.users, Type::INT8_ARRAY),
        (&traces.until, Type::TIMESTAMPTZ),
        (&traces.request, Type::INT8),
    ]
}

/// Whether a file that this request has marked is still there.
///
/// # Errors
/// See [`StoreError`].
pub async fn has_files(transaction: &Transaction<'_>, request: &OpenRequest) -> Result<bool, StoreError> {
    const SQL: &str = "
        SELECT EXISTS (SELECT FROM media_uploads
                        WHERE status <> 'deleted' AND delete_after <= now() AND metadata ->> 'dataDeletion' = $1)";
    let parameters: Parameters<'_> = &[(&request.id.to_string(), Type::TEXT)];
    Ok(transaction.query_typed_one(SQL, parameters).await?.try_get(0)?)
}
