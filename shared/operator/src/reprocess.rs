//! `webhooks reprocess`: stored events, applied again.

use anyhow::Result;
use clap::Args;
use indicatif::ProgressBar;
use shared::{
    domain::Platform,
    services::webhooks::replay::{self, Outcome},
    store::{Database, stored_events::Selection},
};

use crate::{say, say_if_rehearsed, settings::Settings};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only these events (webhook_events.id), separated by commas.
    #[arg(long, value_delimiter = ',')]
    id: Vec<i64>,
    /// From this id on.
    #[arg(long)]
    from: Option<i64>,
    /// Up to this id.
    #[arg(long)]
    to: Option<i64>,
    /// Only this platform's: tiktok or instagram.
    #[arg(long)]
    provider: Option<Platform>,
    /// Only events whose error contains this text.
    #[arg(long)]
    error: Option<String>,
    /// All events. Needed where nothing else narrows them down.
    #[arg(long, required_unless_present_any = ["id", "from", "to", "provider", "error"])]
    all: bool,
}

pub(crate) async fn run(settings: &Settings, options: Options, apply: bool) -> Result<()> {
    let database = Database::load(settings, &settings.aws()?)?;
    let Options { id: ids, from, to, provider: platform, error, all: _ } = options;
    let selection = Selection { ids, from, to, platform, error };
    let selected = replay::count(&database, &selection).await?;
    let progress = ProgressBar::new(selected.unsigned_abs());
    let tell = |done: usize| progress.set_position(done as u64);
    let outcome = replay::reprocess(&database, &selection, !apply, tell).await?;
    progress.finish_and_clear();
    report(outcome, apply);
    say_if_rehearsed(apply);
    Ok(())
}

fn report(outcome: Outcome, apply: bool) {
    let (found, wait, read) =
        if apply { ("found", "wait", "have been read") } else { ("would find", "would wait", "could be read") };
    say(format_args!("{} events were looked at again.", outcome.events));
    say(format_args!("{} of them {found} what they are about.", outcome.applied));
    say(format_args!("{} of them are understood only now and {wait} for what they are about.", outcome.waiting));
    say(format_args!("{} deliveries that could not be read {read}.", outcome.understood));
    say(format_args!(
        "{} of them break a rule of the tables; error_message of their rows says which.",
        outcome.refused
    ));
    if let Some(cause) = outcome.cause {
        say(format_args!(
            "{} of them were refused for no fault of theirs and stay as they were: {cause}",
            outcome.left
        ));
    }
}
