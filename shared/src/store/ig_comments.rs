//! Comments and replies on synced media.

use std::collections::{BTreeMap, HashSet};

use deadpool_postgres::Transaction;
use tokio_postgres::types::Type;

use super::{
    Parameters, StoreError,
    array::{clipped, column, optional, storable},
    webhook_events::Key,
};
use crate::domain::{Change, InstagramComment, WebhookEvent};

/// Writes what Meta reported of comments and returns the events that found their media. Meta tells no time, so of
/// several reports of one comment the one that came in last counts, whenever it's applied.
///
/// # Errors
/// See [`StoreError`].
pub async fn apply_reports(transaction: &Transaction<'_>, events: &[&WebhookEvent]) -> Result<Vec<Key>, StoreError> {
    const SQL: &str = "
        INSERT INTO ig_comments AS c (instagram_account_id, ig_media_id, ig_id, parent_ig_id, from_id, from_user, text,
                                      seen_at)
        SELECT m.instagram_account_id, m.id, said.ig_id, said.parent_ig_id, said.from_id, said.from_user, said.text,
               said.received_at
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                      $8::timestamptz[])
            AS said (account_id, media_id, ig_id, parent_ig_id, from_id, from_user, text, received_at)
          JOIN instagram_accounts a ON a.ig_business_id = said.account_id AND a.status <> 'revoked'
          JOIN ig_media m ON m.instagram_account_id = a.id AND m.ig_id = said.media_id
         ORDER BY m.instagram_account_id, said.ig_id
            ON CONFLICT ON CONSTRAINT ig_comments_ig_id_key DO UPDATE
           SET text = CASE WHEN excluded.seen_at >= c.seen_at THEN excluded.text ELSE c.text END,
               edited_at = CASE WHEN excluded.seen_at > c.seen_at AND c.text IS DISTINCT FROM excluded.text THEN now()
                                ELSE c.edited_at END,
               parent_ig_id = coalesce(excluded.parent_ig_id, c.parent_ig_id),
               from_id = coalesce(excluded.from_id, c.from_id),
               from_user = coalesce(excluded.from_user, c.from_user),
               seen_at = greatest(excluded.seen_at, c.seen_at),
               updated_at = now()
        RETURNING (SELECT ig_business_id FROM instagram_accounts WHERE id = c.instagram_account_id), c.ig_id";
    let reports: Vec<_> = events.iter().filter_map(|event| Some((*event, comment(event)?))).collect();
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let last = last_words(&reports);
    let parameters: Parameters<'_> = &[
        (&column(&last, |(_, comment)| storable(&comment.account_id)), Type::TEXT_ARRAY),
        (&column(&last, |(_, comment)| storable(&comment.media_id)), Type::TEXT_ARRAY),
        (&column(&last, |(_, comment)| storable(&comment.id)), Type::TEXT_ARRAY),
        (&column(&last, |(_, comment)| optional(comment.parent_id.as_deref())), Type::TEXT_ARRAY),
        (&column(&last, |(_, comment)| optional(comment.from_id.as_deref())), Type::TEXT_ARRAY),
        (&column(&last, |(_, comment)| comment.username.as_deref().map(|name| clipped(name, 255))), Type::TEXT_ARRAY),
        (&column(&last, |(_, comment)| optional(comment.text.as_deref())), Type::TEXT_ARRAY),
        (&column(&last, |(event, _)| event.received_at), Type::TIMESTAMPTZ_ARRAY),
    ];
    let rows = transaction.query_typed(SQL, parameters).await?;
    let written: HashSet<(&str, &str)> =
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, tokio_postgres::Error>>()?;
    let is_written = |comment: &InstagramComment| written.contains(&(comment.account_id.as_str(), comment.id.as_str()));
    Ok(reports.iter().filter(|(_, comment)| is_written(comment)).map(|(event, _)| event.key()).collect())
}

type Report<'a> = (&'a WebhookEvent, &'a InstagramComment);

/// The report of each comment that came in last, in the order of their keys.
fn last_words<'a>(reports: &[Report<'a>]) -> Vec<Report<'a>> {
    let mut last: BTreeMap<(&str, &str), Report<'a>> = BTreeMap::new();
    for (event, comment) in reports {
        let known = last.entry((&comment.account_id, &comment.id)).or_insert((event, comment));
        if event.received_at > known.0.received_at {
            *known = (event, comment);
        }
    }
    last.into_values().collect()
}

fn comment(event: &WebhookEvent) -> Option<&InstagramComment> {
    if let Change::InstagramComment(comment) = &event.change { Some(comment) } else { None }
}
