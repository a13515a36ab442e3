//! The webhook processor beside bare upserts: the same rows into the same tables of the same PostgreSQL.
//!
//! The processor gets what SQS would give it: batches of messages that the real ingest has made from signed deliveries.
//! Bare means: no webhook, no JSON, no TLS, only two statements in a transaction. Both take turns, so that a noisy
//! machine and growing tables meet both.

mod bare;
mod owner;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use self::{bare::Rows, owner::Owner};
use super::{
    events::{self, Event},
    function::call,
    ingest,
    samples::Samples,
    site::Site,
};
use crate::{runtime_api::Sandbox, stack::Project};

/// The function's name.
pub(super) const NAME: &str = "webhook-processor";

const ROUNDS: u64 = 30;
const MESSAGES: u64 = 10;
const COMMENTS: u64 = 100;
/// Each comment is a row among the events and one among the comments.
const ROWS: u64 = MESSAGES * COMMENTS * 2;

/// How long a batch takes, in both ways.
#[derive(Debug)]
pub(super) struct Comparison {
    /// The processor's.
    pub(super) processor: Samples,
    /// On a CPU for each batch, on average; the rest is PostgreSQL's.
    pub(super) processor_cpu: Duration,
    /// The bare upserts'.
    pub(super) bare: Samples,
}

/// What makes and takes the batches.
struct Contest<'a> {
    site: &'a Site,
    sample: Value,
    ingest: Sandbox,
    processor: Sandbox,
    owner: Owner,
}

impl Comparison {
    /// Rows in a second, by the median of the batches.
    pub(super) fn rows_per_second(batches: &Samples) -> f64 {
        ROWS as f64 / batches.median().as_secs_f64().max(f64::EPSILON)
    }
}

/// Lets both write the same rows, batch by batch.
pub(super) async fn compare(project: &Project, site: &Site) -> Result<Comparison> {
    let mut contest = Contest {
        site,
        sample: events::sample(project, ingest::NAME)?,
        ingest: site.function(ingest::NAME)?.start()?,
        processor: site.function(NAME)?.start()?,
        owner: Owner::create(&site.description().database_url).await?,
    };
    let (mut processor, mut bare) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (by_processor, by_bare) = contest.round(round).await.with_context(|| format!("round {round}"))?;
        processor.push(by_processor);
        bare.push(by_bare);
    }
    let processor_cpu = contest.processor.usage()?.cpu.div_f64(ROUNDS as f64);
    Ok(Comparison { processor: processor.into_iter().collect(), processor_cpu, bare: bare.into_iter().collect() })
}

impl Contest<'_> {
    /// A batch of comments that are new to both.
    async fn round(&mut self, round: u64) -> Result<(Duration, Duration)> {
        let batch = self.batch(round).await?;
        let by_processor = call(&mut self.processor, &batch).await?;
        let rows = Rows::read(self.owner.client(), round).await?;
        ensure!(rows.count() as u64 == ROWS, "{} rows instead of {ROWS}", rows.count());
        let by_bare = rows.upsert(self.owner.client_mut()).await?;
        Ok((by_processor, by_bare))
    }

    async fn batch(&mut self, round: u64) -> Result<Event> {
        let mut records = Vec::new();
        for message in 0..MESSAGES {
            records.push(self.record(round, message).await?);
        }
        Ok(Event { json: json!({ "Records": records }).to_string().into(), is_http: false, refusal: None })
    }

    /// A message as the event source mapping hands it over, with the body that the ingest has sent to the queue.
    async fn record(&mut self, round: u64, message: u64) -> Result<Value> {
        let ids = (0..COMMENTS).map(|comment| owner::comment_id(round, message * COMMENTS + comment));
        let body = ingest::comments(owner::ACCOUNT, owner::MEDIA, ids).to_string();
        let secret = &self.site.description().secrets.meta.app_secret;
        self.site.aws.take_sent();
        call(&mut self.ingest, &events::delivery(&self.sample, secret, &body)).await?;
        let sent = self.site.aws.take_sent().pop().context("no message reached the queue")?;
        let request: Value = serde_json::from_slice(&sent)?;
        Ok(json!({
            "messageId": format!("{round}-{message}"), "receiptHandle": "none", "body": request["MessageBody"],
            "attributes": { "ApproximateReceiveCount": "1" }, "messageAttributes": {},
            "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:webhooks",
            "awsRegion": "us-east-1",
        }))
    }
}
