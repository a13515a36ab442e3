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
    let named = ids.len();
    let selection = Selection { ids, from, to, platform, error };
    let selected = replay::count(&database, &selection).await?;
    let progress = ProgressBar::new(selected.unsigned_abs());
    let tell = |done: usize| progress.set_position(done as u64);
    let outcome = replay::reprocess(&database, &selection, !apply, tell).await?;
    progress.finish_and_clear();
    say_if_passed_over(named.saturating_sub(outcome.events));
    report(outcome, apply);
    say_if_rehearsed(apply);
    Ok(())
}

fn say_if_passed_over(ids: usize) {
    if ids > 0 {
        say(format_args!(
            "{ids} of the ids are passed over: not there, left out by another option, or a message that is no delivery."
        ));
    }
}

fn report(outcome: Outcome, apply: bool) {
    let Outcome { events, applied, waiting, recovered, refused, left, cause } = outcome;
    say(format_args!("{events} events were looked at again."));
    if apply {
        say(format_args!("{applied} of them found what they are about."));
        say(format_args!("{waiting} of them are understood only now, and wait for what they are about."));
        say(format_args!("{recovered} of them had been refused or not understood, and came through."));
        say(format_args!("{refused} of them break a rule of the tables; error_message of their rows says which."));
    } else {
        say(format_args!("{applied} of them would find what they are about."));
        say(format_args!("{waiting} of them would be understood only now, and wait for what they are about."));
        say(format_args!("{recovered} of them had been refused or not understood, and would come through."));
        say(format_args!("{refused} of them would break a rule of the tables."));
    }
    if let Some(cause) = cause {
        say(format_args!("{left} of them were refused for no fault of theirs and stay as they are: {cause}"));
    }
}
