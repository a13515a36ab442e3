//! The operator's tool: replay and repair, locally and on AWS.
//!
//! Every command is a rehearsal until `--apply` is given. Settings are the functions' own variables, from the
//! environment or from a file such as the `functions.env` that a local stack writes.

mod redrive;
mod reprocess;
mod rewrap;
mod settings;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::settings::Settings;

#[derive(Debug, Parser)]
#[command(about, version)]
struct Arguments {
    /// The functions' settings, a NAME=VALUE on each line; what isn't there is taken from the environment.
    #[arg(long, global = true)]
    settings: Option<PathBuf>,
    /// Do it. Without this, only what would be done is told.
    #[arg(long, global = true)]
    apply: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Webhooks that went wrong.
    #[command(subcommand)]
    Webhooks(Webhooks),
    /// The sealed tokens.
    #[command(subcommand)]
    Tokens(Tokens),
}

#[derive(Debug, Subcommand)]
enum Webhooks {
    /// Put the dead-letter queue's messages back into the queue.
    Redrive(redrive::Options),
    /// Apply stored events again, by id, range, platform or error.
    Reprocess(reprocess::Options),
}

#[derive(Debug, Subcommand)]
enum Tokens {
    /// Bring every token under the current key (VAULT_KEY_ID). Can be stopped and started again at any time.
    Rewrap,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let settings = Settings::load(arguments.settings.as_deref())?;
    match arguments.command {
        Command::Webhooks(Webhooks::Redrive(options)) => redrive::run(&settings, options, arguments.apply).await,
        Command::Webhooks(Webhooks::Reprocess(options)) => reprocess::run(&settings, options, arguments.apply).await,
        Command::Tokens(Tokens::Rewrap) => rewrap::run(&settings, arguments.apply).await,
    }
}

/// Tells the person at the terminal.
#[expect(clippy::print_stdout, reason = "this is a command-line tool")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// Says how to make a rehearsal the real thing.
fn say_if_rehearsed(apply: bool) {
    if !apply {
        say("Nothing was changed. Add --apply to do it.");
    }
}
