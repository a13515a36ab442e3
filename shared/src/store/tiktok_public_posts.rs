//! The public posts that came of ours, each under TikTok's id.

use deadpool_postgres::Transaction;
use tokio_postgres::types::Type;

use super::{
    Parameters, StoreError,
    array::{column, storable},
};
use crate::domain::{Change, PublicPost, WebhookEvent};

/// Notes which posts are public and which no longer are. Of several reports of one post the latest counts, and in the
/// same second the one that it's gone. Reports of posts that aren't ours are passed over.
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_reports(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<(), StoreError> {
    const SQL: &str = "
        INSERT INTO tiktok_public_posts AS known (tiktok_post_id, post_id, is_public, said_at)
        SELECT DISTINCT ON (p.id, said.post_id) p.id, said.post_id, said.is_public, said.at
          FROM unnest($1::text[], $2::text[], $3::bool[], $4::timestamptz[]) AS said (publish_id, post_id, is_public, at)
          JOIN tiktok_posts p ON p.publish_id = said.publish_id
         ORDER BY p.id, said.post_id, said.at DESC, said.is_public
            ON CONFLICT ON CONSTRAINT tiktok_public_posts_pkey DO UPDATE
           SET is_public = excluded.is_public, said_at = excluded.said_at
         WHERE (known.said_at, NOT known.is_public) < (excluded.said_at, NOT excluded.is_public)";
    let reports: Vec<_> = events.iter().filter_map(|event| report(event)).collect();
    if reports.is_empty() {
        return Ok(());
    }
    let parameters: Parameters<'_> = &[
        (&column(&reports, |(publish_id, _)| storable(publish_id)), Type::TEXT_ARRAY),
        (&column(&reports, |(_, post)| storable(&post.post_id)), Type::TEXT_ARRAY),
        (&column(&reports, |(_, post)| post.is_public), Type::BOOL_ARRAY),
        (&column(&reports, |(_, post)| post.at), Type::TIMESTAMPTZ_ARRAY),
    ];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}

fn report<'a>(event: &&'a WebhookEvent) -> Option<(&'a str, &'a PublicPost)> {
    let Change::TikTokPost(report) = &event.change else { return None };
    report.public.as_ref().map(|post| (report.publish_id.as_str(), post))
}
