//! Posts to TikTok.

use std::collections::HashSet;

use deadpool_postgres::Transaction;
use tokio_postgres::types::Type;

use super::{
    Parameters, StoreError,
    array::{clipped, column, storable},
    webhook_events::Key,
};
use crate::domain::{Change, PostFailure, PostStatus, TikTokPostReport, WebhookEvent};

/// Applies what TikTok reported of posts and returns the events that found theirs, whether or not it moved: a status
/// only moves forward, and what is posted directly passes through no inbox. The timeline gets a line for each move.
///
/// A failure that may pass doesn't end a post that a worker still looks after and could begin anew: the worker is to ask at
/// once, and decides.
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_reports(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<Vec<Key>, StoreError> {
    const SQL: &str = "
        WITH said AS (
             SELECT DISTINCT ON (publish_id) publish_id, status, code, detail, may_pass, replaces, correlation_id
               FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::text[], $7::text[],
                           $8::smallint[])
                 AS report (publish_id, status, code, detail, may_pass, replaces, correlation_id, rank)
              ORDER BY publish_id, rank DESC, may_pass),
        found AS (
             SELECT p.id, said.publish_id,
                    p.status = ANY (string_to_array(said.replaces, ','))
                    AND NOT (said.status = 'SEND_TO_USER_INBOX' AND p.mode = 'DIRECT_POST') AS moves,
                    said.may_pass AND p.next_attempt_at IS NOT NULL AND p.status <> 'OUTCOME_UNKNOWN'
                    AND EXISTS (SELECT FROM oauth_accounts a WHERE a.id = p.oauth_account_id AND a.status = 'active')
                    AND (p.media_kind, p.mode, p.source) = ('VIDEO', 'DIRECT_POST', 'FILE_UPLOAD') AS is_asked
               FROM tiktok_posts p JOIN said ON said.publish_id = p.publish_id
              ORDER BY p.id
                FOR UPDATE OF p),
        asked AS (
             UPDATE tiktok_posts p SET due_at = now(), next_attempt_at = now(), updated_at = now()
               FROM found
              WHERE p.id = found.id AND found.moves AND found.is_asked),
        moved AS (
             UPDATE tiktok_posts p
                SET status = said.status, status_at = now(), error_code = said.code, error_message = NULL,
                    updated_at = now()
               FROM found JOIN said ON said.publish_id = found.publish_id
              WHERE p.id = found.id AND found.moves AND NOT found.is_asked
             RETURNING p.id, said.status, said.code, said.detail, said.correlation_id),
        noted AS (
             INSERT INTO post_events (tiktok_post_id, event, code, detail, correlation_id)
             SELECT id, status, code, detail, correlation_id FROM moved)
        SELECT publish_id FROM found";
    let reports: Vec<_> = events.iter().filter_map(|event| Some((*event, report(event)?))).collect();
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let parameters: Parameters<'_> = &[
        (&column(&reports, |(_, report)| storable(&report.publish_id)), Type::TEXT_ARRAY),
        (&column(&reports, |(_, report)| report.status.as_str()), Type::TEXT_ARRAY),
        (&column(&reports, |(_, report)| report.failure.as_ref().map(|failure| failure.code)), Type::TEXT_ARRAY),
        (&column(&reports, |(_, report)| report.failure.as_ref().and_then(detail)), Type::TEXT_ARRAY),
        (&column(&reports, |(_, report)| report.failure.as_ref().is_some_and(|it| it.may_pass)), Type::BOOL_ARRAY),
        (&column(&reports, |(_, report)| replaces(report.status)), Type::TEXT_ARRAY),
        (&column(&reports, |(event, _)| event.correlation_id.as_ref().map(|id| id.as_str())), Type::TEXT_ARRAY),
        (&column(&reports, |(_, report)| report.status.rank()), Type::INT2_ARRAY),
    ];
    let rows = transaction.query_typed(SQL, parameters).await?;
    let found: HashSet<&str> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let finds = |report: &TikTokPostReport| found.contains(report.publish_id.as_str());
    Ok(reports.iter().filter(|(_, report)| finds(report)).map(|(event, _)| event.key()).collect())
}

fn report(event: &WebhookEvent) -> Option<&TikTokPostReport> {
    if let Change::TikTokPost(report) = &event.change { Some(report) } else { None }
}

/// What TikTok said, as a worker that asks notes it.
fn detail(failure: &PostFailure) -> Option<String> {
    Some(format!("fail_reason {}", clipped(failure.said.as_deref()?, 100)))
}

/// The statuses that give way, as a list in text.
fn replaces(status: PostStatus) -> String {
    status.replaces().map(PostStatus::as_str).collect::<Vec<_>>().join(",")
}
