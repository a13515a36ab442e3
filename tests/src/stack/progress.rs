//! What the person at the terminal sees while the stack starts.

use std::fmt::Display;
use std::future::Future;
use std::io::{Write, stderr};
use std::time::Instant;

use anyhow::{Context, Result};

/// Tells of each step when it is done, and how long it took. A terminal that went away is no reason to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Says every step.
    Visible,
    /// Says nothing.
    Quiet,
}

impl Progress {
    /// Does a step and says how long it took.
    pub async fn step<T>(self, what: &'static str, work: impl Future<Output = Result<T>>) -> Result<T> {
        let start = Instant::now();
        let done = work.await.context(what)?;
        self.say(format_args!("{what:<28}{:>6.1} s", start.elapsed().as_secs_f64()));
        Ok(done)
    }

    /// Says something.
    pub fn say(self, message: impl Display) {
        if self == Self::Visible {
            let _ = writeln!(stderr(), "{message}");
        }
    }
}
