//! The same rows without a processor: read back, and written again under other ids.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use time::OffsetDateTime;
use tokio_postgres::{Client, Row, types::ToSql};

use super::owner::round_prefix;

type Texts = Vec<Option<String>>;
type Times = Vec<Option<OffsetDateTime>>;

/// What one batch wrote, column by column.
pub(super) struct Rows {
    events: EventColumns,
    comments: CommentColumns,
}

struct EventColumns {
    texts: [Texts; 10],
    times: [Times; 4],
}

struct CommentColumns {
    texts: [Texts; 5],
    owners: [Vec<i32>; 2],
}

impl Rows {
    /// What the processor wrote in this round; other ids are a `b` before them.
    pub(super) async fn read(client: &Client, round: u64) -> Result<Self> {
        const EVENTS: &str = "
            SELECT array_agg(provider::text), array_agg(event_type::text), array_agg('b' || external_id),
                   array_agg(subject_id::text), array_agg(payload_json::text), array_agg(waits_for),
                   array_agg(error_message), array_agg(correlation_id),
                   array_agg(author_id::text), array_agg(author_name::text),
                   array_agg(occurred_at), array_agg(received_at), array_agg(processed_at), array_agg(applied_at)
              FROM webhook_events
             WHERE payload_json #>> '{value,id}' LIKE $1 || '%' AND applied_at IS NOT NULL";
        const COMMENTS: &str = "
            SELECT array_agg('b' || ig_id), array_agg(parent_ig_id::text), array_agg(from_id::text),
                   array_agg(from_user::text), array_agg(text),
                   array_agg(instagram_account_id), array_agg(ig_media_id)
              FROM ig_comments WHERE ig_id LIKE $1 || '%'";
        let prefix = round_prefix(round);
        let events = client.query_one(EVENTS, &[&prefix]).await.context("cannot read the events")?;
        let comments = client.query_one(COMMENTS, &[&prefix]).await.context("cannot read the comments")?;
        Ok(Self { events: EventColumns::of(&events)?, comments: CommentColumns::of(&comments)? })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.events.texts[0].len() + self.comments.texts[0].len()
    }

    /// Writes them in a transaction of two statements, and tells how long it took.
    pub(super) async fn upsert(&self, client: &mut Client) -> Result<Duration> {
        const EVENTS: &str = "
            INSERT INTO webhook_events (provider, event_type, external_id, subject_id, payload_json, waits_for,
                                        error_message, correlation_id, author_id, author_name,
                                        occurred_at, received_at, processed_at, applied_at, author_read)
            SELECT a, b, c, d, e::jsonb, f, g, h, i, j, k, l, m, n, TRUE
              FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                          $7::text[], $8::text[], $9::text[], $10::text[],
                          $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[])
                AS row (a, b, c, d, e, f, g, h, i, j, k, l, m, n)
                ON CONFLICT ON CONSTRAINT webhook_events_provider_external_id_key DO NOTHING";
        const COMMENTS: &str = "
            INSERT INTO ig_comments (ig_id, parent_ig_id, from_id, from_user, text, instagram_account_id, ig_media_id)
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[])
                ON CONFLICT ON CONSTRAINT ig_comments_ig_id_key DO UPDATE
               SET text = excluded.text, from_id = excluded.from_id, from_user = excluded.from_user,
                   updated_at = now()";
        let (events, comments) = (client.prepare(EVENTS).await?, client.prepare(COMMENTS).await?);
        let start = Instant::now();
        let transaction = client.transaction().await?;
        transaction.execute(&events, &self.events.parameters()).await?;
        transaction.execute(&comments, &self.comments.parameters()).await?;
        transaction.commit().await?;
        Ok(start.elapsed())
    }
}

impl EventColumns {
    fn of(row: &Row) -> Result<Self> {
        Ok(Self { texts: texts(row)?, times: [time(row, 10)?, time(row, 11)?, time(row, 12)?, time(row, 13)?] })
    }

    fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        let texts = self.texts.iter().map(|column| column as &(dyn ToSql + Sync));
        texts.chain(self.times.iter().map(|column| column as &(dyn ToSql + Sync))).collect()
    }
}

impl CommentColumns {
    fn of(row: &Row) -> Result<Self> {
        Ok(Self { texts: texts(row)?, owners: [owner(row, 5)?, owner(row, 6)?] })
    }

    fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        let texts = self.texts.iter().map(|column| column as &(dyn ToSql + Sync));
        texts.chain(self.owners.iter().map(|column| column as &(dyn ToSql + Sync))).collect()
    }
}

/// The first columns; no rows are null and not an empty array.
fn texts<const COLUMNS: usize>(row: &Row) -> Result<[Texts; COLUMNS]> {
    let mut columns = [const { Vec::new() }; COLUMNS];
    for (index, column) in columns.iter_mut().enumerate() {
        *column = row.try_get::<_, Option<Texts>>(index)?.unwrap_or_default();
    }
    Ok(columns)
}

fn time(row: &Row, index: usize) -> Result<Times> {
    Ok(row.try_get::<_, Option<Times>>(index)?.unwrap_or_default())
}

fn owner(row: &Row, index: usize) -> Result<Vec<i32>> {
    Ok(row.try_get::<_, Option<Vec<i32>>>(index)?.unwrap_or_default())
}
