//! `webhooks redrive`: dead letters back into the queue.

use std::time::SystemTime;

use anyhow::Result;
use aws_sdk_sqs::Client;
use clap::Args;
use indicatif::ProgressBar;
use shared::{config::Vars, queue::Queue};

use crate::{say, say_if_rehearsed, settings::Settings};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// At most so many messages.
    #[arg(long, default_value_t = u64::MAX, hide_default_value = true)]
    max: u64,
}

pub(crate) async fn run(settings: &Settings, options: Options, apply: bool) -> Result<()> {
    let client = Client::new(&settings.aws()?);
    let dead = Queue::new(client.clone(), settings.required("WEBHOOKS_DEAD_LETTER_QUEUE_URL")?);
    let queue = Queue::new(client, settings.required("WEBHOOKS_QUEUE_URL")?);
    let due = dead.depth().await?.min(options.max);
    if apply {
        say(format_args!("{} messages are back in the queue.", redrive(&dead, &queue, due).await?));
    } else {
        say(format_args!("{due} messages would go back into the queue."));
    }
    say_if_rehearsed(apply);
    Ok(())
}

/// A message is deleted only after the queue has confirmed it: one that is there twice does nothing the second time.
/// What is still poison comes back at once, and is left alone for being newer than the start.
async fn redrive(dead: &Queue, queue: &Queue, due: u64) -> Result<u64> {
    let (progress, start) = (ProgressBar::new(due), SystemTime::now());
    while progress.position() < due {
        let messages = dead.receive().await?;
        if messages.is_empty() {
            break;
        }
        let old = messages.iter().filter(|message| message.sent_at <= start);
        for message in old.take((due - progress.position()) as usize) {
            queue.send(message.body.clone()).await?;
            dead.delete(message).await?;
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(progress.position())
}
