//! What has been read of a file so far. A parser looks at it until a part is missing, and then begins anew with more.

use std::{cell::Cell, ops::Range};

/// What is read at once: a header and what mostly follows it.
const WIDTH: u64 = 64 * 1024;
/// How many reads a file is worth: 4 MiB in all.
const READS: usize = 64;
/// How many looks a file is worth. A well-made one has some hundred boxes above its samples.
const LOOKS: u32 = 5_000;

/// Parts of a file.
pub(super) struct Seen {
    size: u64,
    parts: Vec<(u64, Vec<u8>)>,
    looks: Cell<u32>,
}

/// Why a parser can't go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// This must be read first.
    Missing(Range<u64>),
    /// The file isn't one of these.
    OtherKind,
    /// What is there can't be.
    Damaged,
    /// There is too much of it.
    TooScattered,
}

impl Seen {
    pub(super) fn nothing(size: u64) -> Self {
        Self { size, parts: Vec::new(), looks: Cell::default() }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Keeps one more part; what is parsed now, is parsed from the beginning.
    pub(super) fn add(&mut self, start: u64, bytes: Vec<u8>) {
        self.parts.push((start, bytes));
        self.looks.set(0);
    }

    /// These bytes of the file.
    pub(super) fn bytes(&self, range: Range<u64>) -> Result<&[u8], Stop> {
        if range.start > range.end || range.end > self.size {
            return Err(Stop::Damaged);
        }
        self.looks.set(self.looks.get() + 1);
        if self.looks.get() > LOOKS || range.end - range.start > WIDTH {
            return Err(Stop::TooScattered);
        }
        let held = self.parts.iter().rev().find_map(|(start, bytes)| part(*start, bytes, &range));
        held.ok_or_else(|| self.missing(range.start))
    }

    /// Exactly so many bytes from a place on.
    pub(super) fn array<const N: usize>(&self, at: u64) -> Result<[u8; N], Stop> {
        let bytes = self.bytes(at..at.saturating_add(N as u64))?;
        bytes.try_into().map_err(|_| Stop::Damaged)
    }

    fn missing(&self, start: u64) -> Stop {
        if self.parts.len() < READS {
            Stop::Missing(start..self.size.min(start.saturating_add(WIDTH)))
        } else {
            Stop::TooScattered
        }
    }
}

fn part<'a>(start: u64, bytes: &'a [u8], range: &Range<u64>) -> Option<&'a [u8]> {
    let offset = |place: u64| usize::try_from(place.checked_sub(start)?).ok();
    bytes.get(offset(range.start)?..offset(range.end)?)
}
