//! The plain copy: each piece of the file is asked for and sent on by a client that does nothing else.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::{FILE, PIECE, bucket::VERSION, platform::UPLOAD};
use crate::{bench::wire::Connection, runtime_api::Usage};

/// From where, and where to: both without a path.
#[derive(Debug, Clone)]
pub(super) struct PlainCopy {
    pub(super) from: String,
    pub(super) to: String,
}

/// What it took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Copied {
    pub(super) took: Duration,
    /// On a CPU.
    pub(super) cpu: Duration,
}

impl PlainCopy {
    /// Copies the file. Blocks.
    pub(super) fn run(&self) -> Result<Copied> {
        let (started, before) = (Instant::now(), Usage::cpu_of_this_thread()?);
        let mut from = Connection::open(self.from.trim_start_matches("http://"))?;
        let mut to = Connection::open(self.to.trim_start_matches("http://"))?;
        for first in (0..FILE).step_by(PIECE as usize) {
            let end = FILE.min(first + PIECE);
            piece(&mut from, &mut to, first, end).with_context(|| format!("the piece from {first} on"))?;
        }
        let cpu = Usage::cpu_of_this_thread()?.saturating_sub(before);
        Ok(Copied { took: started.elapsed(), cpu })
    }
}

fn piece(from: &mut Connection, to: &mut Connection, first: u64, end: u64) -> Result<()> {
    let (last, length) = (end - 1, end - first);
    from.begin(&format!("GET /bucket/file HTTP/1.1\r\nif-match: {VERSION}\r\nrange: bytes={first}-{last}"), 0)?;
    let part = from.answer("content-range")?;
    ensure!(part.value == Some(format!("bytes {first}-{last}/{FILE}")) && part.length == length, "{part:?}");
    let range = format!("content-range: bytes {first}-{last}/{FILE}");
    to.begin(&format!("PUT {UPLOAD} HTTP/1.1\r\ncontent-type: video/mp4\r\n{range}"), length)?;
    from.pass(length, to)?;
    let answer = to.answer("content-range")?;
    ensure!(answer.value == Some(format!("bytes 0-{last}/{FILE}")) && answer.length == 0, "{answer:?}");
    Ok(())
}
