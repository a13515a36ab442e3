//! Posts to TikTok.

use std::collections::HashSet;

use deadpool_postgres::Transaction;
use tokio_postgres::types::Type;

use super::{
    Parameters, StoreError,
    array::{clipped, column, storable},
    webhook_events::Key,
};
use crate::domain::{Change, PostStatus, TikTokPostReport, WebhookEvent};

/// Applies what TikTok reported of posts and returns the events that found theirs, whether or not it moved: a status
/// only moves forward. The timeline gets a line for each move.
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_reports(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<Vec<Key>, StoreError> {
    const SQL: &str = "
        WITH said AS (
             SELECT DISTINCT ON (publish_id) publish_id, status, reason, replaces, correlation_id
               FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[])
                 AS report (publish_id, status, reason, replaces, correlation_id, rank)
              ORDER BY publish_id, rank DESC),
        found AS (
             SELECT p.id, p.status, said.publish_id
               FROM tiktok_posts p JOIN said ON said.publish_id = p.publish_id
              ORDER BY p.id
                FOR UPDATE OF p),
        moved AS (
             UPDATE tiktok_posts p
                SET status = said.status, status_at = now(), error_code = said.reason, updated_at = now()
               FROM found JOIN said ON said.publish_id = found.publish_id
              WHERE p.id = found.id AND found.status = ANY (string_to_array(said.replaces, ','))
             RETURNING p.id, said.status, said.reason, said.correlation_id),
        noted AS (
             INSERT INTO post_events (tiktok_post_id, event, code, correlation_id)
             SELECT id, status, reason, correlation_id FROM moved)
        SELECT publish_id FROM found";
    let reports: Vec<_> = events.iter().filter_map(|event| Some((*event, report(event)?))).collect();
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let parameters: Parameters<'_> = &[
        (&column(&reports, |(_, report)| storable(&report.publish_id)), Type::TEXT_ARRAY),
        (&column(&reports, |(_, report)| report.status.as_str()), Type::TEXT_ARRAY),
        (&column(&reports, |(_, report)| report.reason.as_deref().map(|code| clipped(code, 100))), Type::TEXT_ARRAY),
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

/// The statuses that give way, as a list in text.
fn replaces(status: PostStatus) -> String {
    status.replaces().map(PostStatus::as_str).collect::<Vec<_>>().join(",")
}
