//! The webhook ingest with a large delivery, and how much of its time is the queue's.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::{process::Command, task::spawn_blocking};

use super::{
    BenchOptions,
    aws::StandIn,
    events::{self, Event},
    function::{Calls, call, calls},
    samples::Samples,
    site::Site,
};
use crate::{runtime_api::Sandbox, stack::Project};

/// The function's name.
pub(super) const NAME: &str = "webhook-ingest";
/// The body of a delivery that is none but well signed.
pub(super) const SMALL_DELIVERY: &str = r#"{"object":"instagram","entry":[]}"#;

/// How large the large delivery is, at least.
const LARGE: usize = 64 * 1024;

/// Warm calls with the large delivery.
#[derive(Debug)]
pub(super) struct Warm {
    /// All of a call.
    pub(super) whole: Calls,
    /// What a client waits that only sends the same message to the same queue.
    pub(super) queue: Samples,
    /// The most memory after all calls, in bytes.
    pub(super) peak_rss: u64,
}

impl Warm {
    /// What a call takes beside the queue, by the medians.
    pub(super) fn without_queue(&self) -> Duration {
        self.whole.took.median().saturating_sub(self.queue.median())
    }
}

/// Delivers the large delivery again and again.
pub(super) async fn measure(project: &Project, site: &Site, options: &BenchOptions) -> Result<Warm> {
    let sample = events::sample(project, NAME)?;
    let event = events::delivery(&sample, &site.description().secrets.meta.app_secret, &large_delivery());
    let mut sandbox = site.function(NAME)?.start()?;
    call(&mut sandbox, &event).await?;
    let whole = calls(&mut sandbox, &event, options.calls).await?;
    let message = site.aws.take_sent().pop().context("no message reached the queue")?;
    let (url, count) = (site.aws.url.clone(), options.calls);
    let queue = spawn_blocking(move || StandIn::bare_sends(&url, &message, count)).await??;
    Ok(Warm { whole, queue, peak_rss: sandbox.usage()?.peak_rss })
}

/// Calls of a function that does nothing, with an event of the same size.
pub(super) async fn harness(options: &BenchOptions) -> Result<Calls> {
    let event = Event { json: json!({ "body": large_delivery() }).to_string().into(), is_http: false, refusal: None };
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("echo");
    let mut sandbox = Sandbox::run("echo", command, [])?;
    call(&mut sandbox, &event).await.context("the function that does nothing")?;
    calls(&mut sandbox, &event, options.calls).await
}

/// Comments under one media, as Meta delivers them.
pub(super) fn comments(account: &str, media: &str, ids: impl IntoIterator<Item = String>) -> Value {
    let change = |id: String| {
        let from = json!({ "id": "990000000000001", "username": "ada.lovelace" });
        let media = json!({ "id": media, "media_product_type": "FEED" });
        let text = format!("I have waited for this all week, thank you for showing how it is made. ({id})");
        json!({ "field": "comments", "value": { "from": from, "media": media, "id": id, "text": text } })
    };
    let changes: Vec<_> = ids.into_iter().map(change).collect();
    json!({ "object": "instagram", "entry": [{ "id": account, "time": 1_790_000_000, "changes": changes }] })
}

fn large_delivery() -> String {
    let of = |count: u64| {
        let ids = (0..count).map(|number| (17_900_000_000_000_000 + number).to_string());
        comments("17841400000000001", "17800000000000001", ids).to_string()
    };
    let one_more = of(2).len() - of(1).len();
    of((LARGE / one_more) as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_delivery_has_64_kilobytes() {
        let length = large_delivery().len();
        assert!((LARGE..LARGE + 512).contains(&length), "{length}");
    }
}
