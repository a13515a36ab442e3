//! Uploads that a post was begun with and that were given up for another one.

use std::collections::HashSet;

use deadpool_postgres::Transaction;
use tokio_postgres::types::Type;

use super::{
    Parameters, StoreError,
    array::{column, storable},
    webhook_events::Key,
};
use crate::domain::{Change, PostStatus, TikTokPostReport, WebhookEvent};

/// What TikTok reported of uploads that were given up.
#[derive(Debug, Default)]
pub struct Told {
    /// The events that are about one.
    pub found: Vec<Key>,
    /// Those uploads that are out, against all expectation, told for the first time, and too late: another one may be out.
    pub published_twice: Vec<String>,
}

/// Notes which of these uploads are out after all, with a line in the timeline. That one has failed was known. A post whose
/// other uploads are certainly not out is published by this one: whoever is about to send another finds it so.
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_reports(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<Told, StoreError> {
    const SQL: &str = "
        WITH said AS (
             SELECT DISTINCT ON (publish_id) publish_id, is_out, correlation_id
               FROM unnest($1::text[], $2::bool[], $3::text[]) AS report (publish_id, is_out, correlation_id)
              ORDER BY publish_id, is_out DESC),
        found AS (
             SELECT u.publish_id, u.tiktok_post_id, said.is_out AND u.published_at IS NULL AS is_new, said.correlation_id
               FROM tiktok_abandoned_uploads u JOIN said ON said.publish_id = u.publish_id
              ORDER BY u.publish_id
                FOR UPDATE OF u),
        published AS (
             UPDATE tiktok_abandoned_uploads u SET published_at = now() FROM found
              WHERE u.publish_id = found.publish_id AND found.is_new),
        settled AS (
             UPDATE tiktok_posts p
                SET status = 'PUBLISH_COMPLETE', status_at = now(), publish_id = found.publish_id,
                    confirmed_bytes = p.total_bytes, uploaded_at = now(), intent = NULL, intent_at = NULL,
                    error_code = NULL, error_message = NULL, due_at = now(), next_attempt_at = now(), updated_at = now()
               FROM found JOIN tiktok_posts before ON before.id = found.tiktok_post_id
              WHERE p.id = before.id AND found.is_new
                AND (p.status IN ('QUEUED', 'HELD', 'FAILED')
                     OR p.status = 'PROCESSING_UPLOAD' AND p.confirmed_bytes < p.total_bytes
                        AND (p.intent IS NULL OR p.intent NOT IN ('last_chunk', 'turned_away')))
             RETURNING p.id, p.publish_id, before.publish_id AS given_up),
        given_up AS (
             INSERT INTO tiktok_abandoned_uploads (publish_id, tiktok_post_id)
             SELECT given_up, id FROM settled WHERE given_up IS NOT NULL
                 ON CONFLICT ON CONSTRAINT tiktok_abandoned_uploads_pkey DO NOTHING),
        noted AS (
             INSERT INTO post_events (tiktok_post_id, event, detail, correlation_id)
             SELECT tiktok_post_id, 'abandoned_upload_published', publish_id, correlation_id FROM found WHERE is_new
              UNION ALL
             SELECT id, 'PUBLISH_COMPLETE', NULL, correlation_id FROM settled JOIN found USING (publish_id))
        SELECT publish_id, is_new AND publish_id NOT IN (SELECT publish_id FROM settled) AS is_twice FROM found";
    let reports: Vec<_> = events.iter().filter_map(|event| Some((*event, report(event)?))).collect();
    if reports.is_empty() {
        return Ok(Told::default());
    }
    let parameters: Parameters<'_> = &[
        (&column(&reports, |(_, report)| storable(&report.publish_id)), Type::TEXT_ARRAY),
        (&column(&reports, |(_, report)| report.status == PostStatus::PublishComplete), Type::BOOL_ARRAY),
        (&column(&reports, |(event, _)| event.correlation_id.as_ref().map(|id| id.as_str())), Type::TEXT_ARRAY),
    ];
    let rows = transaction.query_typed(SQL, parameters).await?;
    let (mut names, mut published_twice) = (HashSet::new(), Vec::new());
    for row in &rows {
        names.insert(row.try_get::<_, &str>("publish_id")?);
        if row.try_get("is_twice")? {
            published_twice.push(row.try_get("publish_id")?);
        }
    }
    let found = reports.iter().filter(|(_, report)| names.contains(report.publish_id.as_str()));
    Ok(Told { found: found.map(|(event, _)| event.key()).collect(), published_twice })
}

fn report(event: &WebhookEvent) -> Option<&TikTokPostReport> {
    if let Change::TikTokPost(report) = &event.change { Some(report) } else { None }
}
