//! `tokens rewrap`: every token under the key that seals at present.

use anyhow::{Result, ensure};
use indicatif::ProgressBar;
use shared::{
    crypto::Vault,
    services::rewrap::{self, Outcome},
    store::{Database, sealed_tokens::SealedToken},
};

use crate::{say, say_if_rehearsed, settings::Settings};

pub(crate) async fn run(settings: &Settings, apply: bool) -> Result<()> {
    let aws = settings.aws()?;
    let (database, vault) = (Database::load(settings, &aws)?, Vault::load(settings, &aws)?);
    let progress = ProgressBar::new(rewrap::count(&database).await?.unsigned_abs());
    let (mut rewrapped, mut unopened) = (0, 0);
    let tell = |token: &SealedToken, outcome: &Outcome| {
        progress.inc(1);
        match outcome {
            Outcome::Current => {}
            Outcome::Rewrapped => rewrapped += 1,
            Outcome::Unopened(error) => {
                unopened += 1;
                let (table, column) = (token.column.table, token.column.name);
                progress.suspend(|| say(format_args!("{table} {}, {column}: {error}", token.id)));
            }
        }
    };
    rewrap::rewrap(&database, &vault, !apply, tell).await?;
    let looked_at = progress.position();
    progress.finish_and_clear();
    say(format_args!("{looked_at} tokens were looked at."));
    let now = if apply { "lie under the current key now" } else { "would be brought under the current key" };
    say(format_args!("{rewrapped} of them {now}."));
    say_if_rehearsed(apply);
    ensure!(unopened == 0, "{unopened} tokens do not open and are left as they were");
    Ok(())
}
