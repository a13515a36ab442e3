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
    /// Those uploads that are out, against all expectation, told for the first time.
    pub published: Vec<String>,
}

/// Notes which of these uploads are out after all, with a line in the timeline. That one has failed was known.
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
        noted AS (
             INSERT INTO post_events (tiktok_post_id, event, detail, correlation_id)
             SELECT tiktok_post_id, 'abandoned_upload_published', publish_id, correlation_id FROM found WHERE is_new)
        SELECT publish_id, is_new FROM found";
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
    let (mut names, mut published) = (HashSet::new(), Vec::new());
    for row in &rows {
        names.insert(row.try_get::<_, &str>("publish_id")?);
        if row.try_get("is_new")? {
            published.push(row.try_get("publish_id")?);
        }
    }
    let found = reports.iter().filter(|(_, report)| names.contains(report.publish_id.as_str()));
    Ok(Told { found: found.map(|(event, _)| event.key()).collect(), published })
}

fn report(event: &WebhookEvent) -> Option<&TikTokPostReport> {
    if let Change::TikTokPost(report) = &event.change { Some(report) } else { None }
}
