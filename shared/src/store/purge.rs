//! What we hold about a person whom Meta names, and its deletion, a batch at a time.
//!
//! These statements cross owners: the person is Meta's, and may have been connected by several of our users.

use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use tokio_postgres::types::Type;

use super::{Connection, Parameters, StoreError, data_deletion_requests::OpenRequest};

/// Everything that leads to the person's rows. It's read from rows that are deleted last, so a purge that was stopped
/// finds it again.
#[derive(Debug)]
pub struct Traces {
    request: i64,
    /// `oauth_accounts.id` of the person's logins.
    logins: Vec<i32>,
    /// `instagram_accounts.id` of the accounts behind them.
    accounts: Vec<i32>,
    /// Whom the logins belong to.
    users: Vec<i64>,
    /// Meta's ids of the person, the logins, the accounts and their Pages, unless somebody else's connection has the
    /// same account by now.
    ids: Vec<String>,
    /// The accounts' names on Instagram.
    usernames: Vec<String>,
    /// When it was asked for, where the person is connected again: what came later isn't meant then.
    until: Option<OffsetDateTime>,
}

/// What leads to this person's rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn traces(connection: &Connection, request: &OpenRequest) -> Result<Traces, StoreError> {
    const SQL: &str = "
        WITH login AS (
             SELECT id, user_id, open_id, status FROM oauth_accounts
              WHERE provider = 'instagram' AND login_kind = $1 AND person_id = $2),
        account AS (
             SELECT i.id, i.ig_business_id, i.page_id, i.username
               FROM instagram_accounts i JOIN login ON login.id = i.oauth_account_id),
        named AS (
             SELECT $2 AS id
              UNION SELECT open_id FROM login
              UNION SELECT ig_business_id FROM account
              UNION SELECT page_id FROM account WHERE page_id IS NOT NULL)
        SELECT EXISTS (SELECT FROM login WHERE status <> 'revoked') AS lives_again,
               ARRAY(SELECT id FROM login) AS logins, ARRAY(SELECT DISTINCT user_id FROM login) AS users,
               ARRAY(SELECT id FROM account) AS accounts, ARRAY(SELECT DISTINCT username::text FROM account) AS usernames,
               ARRAY(SELECT id::text FROM named
                      WHERE NOT EXISTS (SELECT FROM instagram_accounts theirs
                                         WHERE theirs.status <> 'revoked'
                                           AND theirs.oauth_account_id NOT IN (SELECT id FROM login)
                                           AND named.id IN (theirs.ig_business_id, theirs.page_id))) AS ids";
    let parameters: Parameters<'_> = &[(&request.login.as_str(), Type::TEXT), (&request.person_id, Type::TEXT)];
    let row = connection.query_typed_one(SQL, parameters).await?;
    Ok(Traces {
        request: request.id,
        logins: row.try_get("logins")?,
        accounts: row.try_get("accounts")?,
        users: row.try_get("users")?,
        ids: row.try_get("ids")?,
        usernames: row.try_get("usernames")?,
        until: row.try_get::<_, bool>("lives_again")?.then_some(request.asked_at),
    })
}

/// A kind of thing that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its name in the counts.
    pub kind: &'static str,
    /// Deletes some rows and returns one row for each. `$1` logins, `$2` accounts, `$3` ids, `$4` usernames, `$5` users,
    /// `$6` where it ends, `$7` the most rows, `$8` the request.
    sql: &'static str,
}

impl Step {
    /// All kinds that are counted.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        STEPS.into_iter().chain(END).chain([FILES]).map(|step| step.kind)
    }
}

/// Deliveries about the person's accounts, whatever became of them, and what the person wrote below the posts of others.
const EVENTS: Step = Step {
    kind: "webhookEvents",
    sql: "
        DELETE FROM webhook_events
         WHERE id IN (SELECT id FROM webhook_events
                       WHERE provider = 'instagram'
                         AND (subject_id = ANY ($3) OR left(payload_json #>> '{value,from,id}', 255) = ANY ($3))
                         AND ($6 IS NULL OR created_at <= $6)
                       LIMIT $7)
        RETURNING 1",
};

/// What is deleted batch by batch, in an order that foreign keys allow.
pub const STEPS: [Step; 7] = [
    EVENTS,
    Step {
        kind: "comments",
        sql: "
            DELETE FROM ig_comments
             WHERE id IN (SELECT id FROM ig_comments
                           WHERE (instagram_account_id = ANY ($2) OR from_id = ANY ($3)
                                  OR from_id IS NULL AND from_user = ANY ($4))
                             AND ($6 IS NULL OR created_at <= $6)
                           LIMIT $7)
            RETURNING 1",
    },
    Step {
        kind: "media",
        sql: "
            DELETE FROM ig_media
             WHERE id IN (SELECT id FROM ig_media
                           WHERE instagram_account_id = ANY ($2) AND ($6 IS NULL OR created_at <= $6)
                           LIMIT $7)
            RETURNING 1",
    },
    // Timelines go with their posts.
    Step {
        kind: "posts",
        sql: "
            DELETE FROM instagram_posts
             WHERE id IN (SELECT id FROM instagram_posts
                           WHERE (oauth_account_id = ANY ($1) OR instagram_account_id = ANY ($2))
                             AND ($6 IS NULL OR created_at <= $6)
                           LIMIT $7)
            RETURNING 1",
    },
    Step {
        kind: "syncs",
        sql: "
            DELETE FROM sync_cursors
             WHERE id IN (SELECT id FROM sync_cursors
                           WHERE (oauth_account_id = ANY ($1) OR instagram_account_id = ANY ($2))
                             AND ($6 IS NULL OR created_at <= $6)
                           LIMIT $7)
            RETURNING 1",
    },
    Step {
        kind: "revocations",
        sql: "
            DELETE FROM pending_revocations
             WHERE id IN (SELECT id FROM pending_revocations
                           WHERE (oauth_account_id = ANY ($1) OR provider = 'instagram' AND open_id = ANY ($3))
                             AND ($6 IS NULL OR created_at <= $6)
                           LIMIT $7)
            RETURNING 1",
    },
    // Who disconnected what and when stays, as our own numbers: a log that people can erase shows nobody who broke in.
    Step {
        kind: "auditAddresses",
        sql: "
            UPDATE auth_audit_log
               SET ip = NULL, user_agent = NULL
             WHERE id IN (SELECT id FROM auth_audit_log
                           WHERE user_id = ANY ($5) AND oauth_account_id = ANY ($1)
                             AND ($6 IS NULL OR at <= $6) AND (ip IS NOT NULL OR user_agent IS NOT NULL)
                           LIMIT $7)
            RETURNING 1",
    },
];

/// What is deleted in the end, all in one transaction: the rows that led to the others, with events that came in between.
/// A connection that lives again was made after the request, and stays.
pub const END: [Step; 3] = [
    EVENTS,
    Step {
        kind: "instagramAccounts",
        sql: "
            DELETE FROM instagram_accounts i
             WHERE id = ANY ($2) AND status = 'revoked'
               AND NOT EXISTS (SELECT FROM instagram_posts p WHERE p.instagram_account_id = i.id)
            RETURNING 1",
    },
    Step {
        kind: "accounts",
        sql: "
            DELETE FROM oauth_accounts a
             WHERE id = ANY ($1) AND status = 'revoked'
               AND NOT EXISTS (SELECT FROM instagram_accounts i WHERE i.oauth_account_id = a.id)
               AND NOT EXISTS (SELECT FROM instagram_posts p WHERE p.oauth_account_id = a.id)
            RETURNING 1",
    },
];

/// Before posts: marks the files that only they used. The media's own lifecycle deletes marked files, then their rows.
pub const FILES: Step = Step {
    kind: "files",
    sql: "
        WITH post AS (
             SELECT id, user_id, request_json FROM instagram_posts
              WHERE (oauth_account_id = ANY ($1) OR instagram_account_id = ANY ($2))
                AND ($6 IS NULL OR created_at <= $6)),
        used AS (
             SELECT DISTINCT user_id, media #>> '{}' AS id
               FROM post CROSS JOIN LATERAL jsonb_path_query(request_json, '$.**.mediaId') AS media)
        UPDATE media_uploads m
           SET delete_after = now(), updated_at = now(),
               metadata = coalesce(metadata, '{}') || jsonb_build_object('dataDeletion', $8::bigint)
          FROM used
         WHERE m.id::text = used.id AND m.user_id = used.user_id AND m.status <> 'deleted'
           AND m.metadata ->> 'dataDeletion' IS NULL
           AND NOT EXISTS (SELECT FROM instagram_posts p
                            WHERE p.user_id = m.user_id AND p.id NOT IN (SELECT id FROM post)
                              AND jsonb_path_exists(p.request_json, '$.**.mediaId ? (@ == $id)',
                                                    jsonb_build_object('id', m.id)))
           AND NOT EXISTS (SELECT FROM tiktok_posts p
                            WHERE p.user_id = m.user_id
                              AND jsonb_path_exists(p.request_json, '$.** ? (@.mediaId == $id || @.photoMediaIds[*] == $id)',
                                                    jsonb_build_object('id', m.id)))
        RETURNING 1",
};

/// Carries out one step, for at most `limit` rows, and returns how many those were.
///
/// # Errors
/// See [`StoreError`].
pub async fn carry_out(
    transaction: &Transaction<'_>,
    step: Step,
    traces: &Traces,
    limit: i64,
) -> Result<i64, StoreError> {
    let parameters: Parameters<'_> = &[
        (&traces.logins, Type::INT4_ARRAY),
        (&traces.accounts, Type::INT4_ARRAY),
        (&traces.ids, Type::TEXT_ARRAY),
        (&traces.usernames, Type::TEXT_ARRAY),
        (&traces.users, Type::INT8_ARRAY),
        (&traces.until, Type::TIMESTAMPTZ),
        (&limit, Type::INT8),
        (&traces.request, Type::INT8),
    ];
    let gone = transaction.query_typed(step.sql, parameters).await?.len();
    Ok(i64::try_from(gone).unwrap_or(i64::MAX))
}

/// Whether a file that this request has marked is still there.
///
/// # Errors
/// See [`StoreError`].
pub async fn has_files(connection: &Connection, request: &OpenRequest) -> Result<bool, StoreError> {
    const SQL: &str = "
        SELECT EXISTS (SELECT FROM media_uploads
                        WHERE status <> 'deleted' AND delete_after <= now() AND metadata ->> 'dataDeletion' = $1)";
    let parameters: Parameters<'_> = &[(&request.id.to_string(), Type::TEXT)];
    Ok(connection.query_typed_one(SQL, parameters).await?.try_get(0)?)
}
