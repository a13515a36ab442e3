//! The arithmetic of chunks, by the strictest reading of every rule (developers.tiktok.com, media transfer guide).

use std::ops::Range;

/// 4 GB.
const MAX_FILE: u64 = 4_000_000_000;
/// 5 MiB: a smaller 5 MB would be let off by a decimal reading only.
const MIN_CHUNK: u64 = 5 * 1024 * 1024;
/// 64 MB, in the decimal reading.
const MAX_CHUNK: u64 = 64_000_000;
const MAX_COUNT: u64 = 1_000;

/// How a file was declared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    pub(super) size: u64,
    pub(super) chunk_size: u64,
    pub(super) count: u64,
}

impl Declared {
    /// What is wrong, in TikTok's words as far as they are known.
    pub(super) fn problem(self) -> Option<&'static str> {
        if !(1..=MAX_FILE).contains(&self.size) {
            return Some("The video size is invalid");
        }
        let whole = self.chunk_size == self.size && self.size <= MAX_CHUNK;
        let cut = (MIN_CHUNK..=MAX_CHUNK).contains(&self.chunk_size) && self.size / self.chunk_size > 1;
        match self.size.checked_div(self.chunk_size) {
            Some(count) if count != self.count || count > MAX_COUNT => Some("The total chunk count is invalid"),
            Some(_) if whole || cut => None,
            _ => Some("The chunk size is invalid"),
        }
    }

    /// The chunk that begins at this byte, if one does.
    pub(super) fn chunk_at(self, first: u64) -> Option<Range<u64>> {
        let index = first / self.chunk_size;
        if !first.is_multiple_of(self.chunk_size) || index >= self.count {
            return None;
        }
        let end = if index == self.count - 1 { self.size } else { first + self.chunk_size };
        Some(first..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(size: u64, chunk_size: u64, count: u64) -> Option<&'static str> {
        Declared { size, chunk_size, count }.problem()
    }

    #[test]
    fn a_declaration_that_keeps_the_rules_is_taken() {
        for (size, chunk_size, count) in [
            (1, 1, 1),
            (5_000_000, 5_000_000, 1),
            (64_000_000, 64_000_000, 1),
            (66_259_900, 10_000_000, 6),
            (50_000_123, 10_000_000, 5),
            (127_999_999, 32_000_000, 3),
            (4_000_000_000, 5_242_880, 762),
            (4_000_000_000, 64_000_000, 62),
        ] {
            assert_eq!(problem(size, chunk_size, count), None, "{size}");
        }
    }

    #[test]
    fn one_that_breaks_a_rule_is_refused_in_tiktoks_words() {
        for (word, size, chunk_size, count) in [
            ("video size", 0, 0, 0),
            ("video size", 4_000_000_001, 10_000_000, 400),
            ("chunk size", 4_096, 0, 1),
            ("chunk count", 4_096, 8_192, 1),
            ("chunk size", 4_096, 1_024, 4),
            ("chunk size", 66_000_000, 64_000_000, 1),
            ("chunk size", 66_000_000, 66_000_000, 1),
            ("chunk size", 15_000_000, 10_000_000, 1),
            ("chunk size", 50_000_000, 5_000_000, 10),
            ("chunk count", 50_000_123, 10_000_000, 6),
            ("chunk count", 4_000_000_000, 3_996_003, 1_001),
        ] {
            assert!(problem(size, chunk_size, count).is_some_and(|text| text.contains(word)), "{word} {size}");
        }
    }

    #[test]
    fn the_last_chunk_carries_the_rest() {
        let declared = Declared { size: 50_000_123, chunk_size: 10_000_000, count: 5 };
        assert_eq!(declared.chunk_at(0), Some(0..10_000_000));
        assert_eq!(declared.chunk_at(40_000_000), Some(40_000_000..50_000_123));
        assert_eq!((declared.chunk_at(50_000_000), declared.chunk_at(1)), (None, None));
    }
}
