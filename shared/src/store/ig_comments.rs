//! Comments and replies on synced media.

use std::collections::BTreeMap;

use deadpool_postgres::Transaction;
use tokio_postgres::types::Type;

use super::{
    Parameters, StoreError,
    array::{clipped, column, optional, storable},
    webhook_events::Key,
};
use crate::domain::{Change, InstagramComment, WebhookEvent};

/// Writes what Meta reported of comments and returns the events that found their media. Of several reports of one
/// comment the last one counts.
///
/// # Errors
/// See [`StoreError`].
pub async fn apply(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<Vec<Key>, StoreError> {
    const SQL: &str = "
        INSERT INTO ig_comments AS c (instagram_account_id, ig_media_id, ig_id, parent_ig_id, from_id, from_user, text)
        SELECT m.instagram_account_id, m.id, said.ig_id, said.parent_ig_id, said.from_id, said.from_user, said.text
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            AS said (account_id, media_id, ig_id, parent_ig_id, from_id, from_user, text)
          JOIN instagram_accounts a ON a.ig_business_id = said.account_id AND a.status <> 'revoked'
          JOIN ig_media m ON m.instagram_account_id = a.id AND m.ig_id = said.media_id
         ORDER BY m.instagram_account_id, said.ig_id
            ON CONFLICT ON CONSTRAINT ig_comments_ig_id_key DO UPDATE
           SET text = excluded.text,
               edited_at = CASE WHEN c.text IS DISTINCT FROM excluded.text THEN now() ELSE c.edited_at END,
               parent_ig_id = coalesce(excluded.parent_ig_id, c.parent_ig_id),
               from_id = coalesce(excluded.from_id, c.from_id),
               from_user = coalesce(excluded.from_user, c.from_user),
               seen_at = now(),
               updated_at = now()
        RETURNING c.ig_id";
    let reports: Vec<_> = events.iter().filter_map(|event| Some((*event, comment(event)?))).collect();
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let last: BTreeMap<_, _> =
        reports.iter().map(|(_, comment)| ((&comment.account_id, &comment.id), comment)).collect();
    let comments: Vec<_> = last.into_values().collect();
    let parameters: Parameters<'_> = &[
        (&column(&comments, |comment| storable(&comment.account_id)), Type::TEXT_ARRAY),
        (&column(&comments, |comment| storable(&comment.media_id)), Type::TEXT_ARRAY),
        (&column(&comments, |comment| storable(&comment.id)), Type::TEXT_ARRAY),
        (&column(&comments, |comment| optional(comment.parent_id.as_deref())), Type::TEXT_ARRAY),
        (&column(&comments, |comment| optional(comment.from_id.as_deref())), Type::TEXT_ARRAY),
        (&column(&comments, |comment| comment.username.as_deref().map(|name| clipped(name, 255))), Type::TEXT_ARRAY),
        (&column(&comments, |comment| optional(comment.text.as_deref())), Type::TEXT_ARRAY),
    ];
    let rows = transaction.query_typed(SQL, parameters).await?;
    let written: Vec<&str> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let is_written = |comment: &InstagramComment| written.contains(&comment.id.as_str());
    Ok(reports.iter().filter(|(_, comment)| is_written(comment)).map(|(event, _)| event.key()).collect())
}

fn comment(event: &WebhookEvent) -> Option<&InstagramComment> {
    if let Change::InstagramComment(comment) = &event.change { Some(comment) } else { None }
}
