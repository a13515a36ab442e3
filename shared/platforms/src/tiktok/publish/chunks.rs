//! How a file is cut into chunks: pure arithmetic.
//!
//! The count is the size divided by the chunk size, rounded down, so the last chunk carries the rest. Whether TikTok's
//! megabytes are decimal or binary isn't documented; every plan here holds under both readings.
//!
//! developers.tiktok.com, Content Posting API: media transfer guide. That a single chunk must be declared with the
//! file's own size is not in it, but enforced.

use std::ops::Range;

/// A file may have 4 GB.
pub const MAX_FILE: u64 = 4_000_000_000;
/// Every chunk but the only one of a small file has at least this much: 5 MiB.
pub const MIN_CHUNK: u64 = 5_242_880;
/// The most that a chunk may be declared with: 64 MB.
pub const MAX_CHUNK: u64 = 64_000_000;
/// The most that the last chunk may carry: 128 MB.
pub const MAX_LAST_CHUNK: u64 = 128_000_000;
/// The most chunks that a file may have.
pub const MAX_COUNT: u64 = 1_000;

/// The chunk size of the first plan.
const USUAL_CHUNK: u64 = 10_000_000;
/// The chunk size that many clients use, for the second plan.
const OTHER_CHUNK: u64 = 10 * 1024 * 1024;

/// A file's size and how it is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkPlan {
    file_size: u64,
    chunk_size: u64,
    count: u64,
}

/// Why a file can't be cut, or not in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// There is nothing to send.
    #[error("the file is empty")]
    Empty,
    /// More than TikTok takes.
    #[error("the file has more than {MAX_FILE} bytes")]
    FileTooLarge,
    /// Chunks of this size break a rule.
    #[error("the chunks are too small, too large or too many")]
    ChunkSize,
}

impl ChunkPlan {
    /// The plan to begin with: small files whole, others in chunks of 10 MB.
    ///
    /// # Errors
    /// The file is empty or too large.
    pub fn first(file_size: u64) -> Result<Self, PlanError> {
        let chunk_size = if file_size < 2 * USUAL_CHUNK { file_size } else { USUAL_CHUNK };
        Self::with_chunk_size(file_size, chunk_size)
    }

    /// The plan for when the first was refused. A file that the first sends whole is cut where it can be, one that fits
    /// into one chunk is sent whole, and others get chunks of 10 MiB. None where the rules leave no other.
    #[must_use]
    pub fn second(file_size: u64) -> Option<Self> {
        let chunk_size = match file_size {
            size if size < 2 * USUAL_CHUNK => MIN_CHUNK,
            ..=MAX_CHUNK => file_size,
            _ => OTHER_CHUNK,
        };
        Self::with_chunk_size(file_size, chunk_size).ok().filter(|plan| Self::first(file_size).ok() != Some(*plan))
    }

    /// The plan that declares this chunk size, such as one that was begun with.
    ///
    /// # Errors
    /// A rule is broken.
    pub fn with_chunk_size(file_size: u64, chunk_size: u64) -> Result<Self, PlanError> {
        match file_size {
            0 => return Err(PlanError::Empty),
            1..=MAX_FILE => {}
            _ => return Err(PlanError::FileTooLarge),
        }
        let count = file_size.checked_div(chunk_size).unwrap_or_default();
        let whole = count == 1 && chunk_size == file_size && file_size <= MAX_CHUNK;
        let cut = (2..=MAX_COUNT).contains(&count) && (MIN_CHUNK..=MAX_CHUNK).contains(&chunk_size);
        if whole || cut { Ok(Self { file_size, chunk_size, count }) } else { Err(PlanError::ChunkSize) }
    }

    /// `video_size` of an init.
    #[must_use]
    pub fn file_size(self) -> u64 {
        self.file_size
    }

    /// `chunk_size` of an init.
    #[must_use]
    pub fn chunk_size(self) -> u64 {
        self.chunk_size
    }

    /// `total_chunk_count` of an init.
    #[must_use]
    pub fn count(self) -> u64 {
        self.count
    }

    /// What to send when the platform has so many bytes: up to the end of the chunk that they end in. None when it has all.
    #[must_use]
    pub fn next(self, received: u64) -> Option<Chunk> {
        let is_last = received / self.chunk_size + 1 >= self.count;
        let end = if is_last { self.file_size } else { (received / self.chunk_size + 1) * self.chunk_size };
        (received < self.file_size).then_some(Chunk { plan: self, first: received, end })
    }

    /// How many bytes the platform has when it names this number in `Content-Range`. Whether it counts them or names
    /// the last one isn't documented; only one of the two is where a chunk ends.
    #[must_use]
    pub fn received(self, reported: u64) -> u64 {
        let starts_chunk = |bytes: u64| bytes.is_multiple_of(self.chunk_size) && bytes / self.chunk_size < self.count;
        let ends_chunk = |bytes: u64| bytes == self.file_size || starts_chunk(bytes);
        let after = reported.saturating_add(1);
        let counted = if ends_chunk(reported) || !ends_chunk(after) { reported } else { after };
        counted.min(self.file_size)
    }
}

/// A range of the file that is sent in one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    plan: ChunkPlan,
    first: u64,
    end: u64,
}

impl Chunk {
    /// The bytes of the file: from the first, up to and without the end.
    #[must_use]
    pub fn range(self) -> Range<u64> {
        self.first..self.end
    }

    /// How many bytes: `Content-Length`.
    #[must_use]
    pub fn length(self) -> u64 {
        self.end - self.first
    }

    /// Whether the file ends with it.
    #[must_use]
    pub fn is_last(self) -> bool {
        self.end == self.plan.file_size
    }

    /// The plan that it belongs to.
    #[must_use]
    pub fn plan(self) -> ChunkPlan {
        self.plan
    }

    /// `Content-Range`.
    #[must_use]
    pub fn content_range(self) -> String {
        format!("bytes {}-{}/{}", self.first, self.end - 1, self.plan.file_size)
    }
}

#[cfg(test)]
mod tests;
