//! Secrets that nobody could guess, made anew for every stack.

use anyhow::{Context, Result};
use aws_lc_rs::rand;

/// That many random bytes, in hexadecimal.
pub(super) fn random_hex(bytes: usize) -> Result<String> {
    let mut random = vec![0; bytes];
    rand::fill(&mut random).ok().context("the system gives no random bytes")?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
