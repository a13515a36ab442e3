//! Array parameters for set-based statements, and text as PostgreSQL can hold it.

/// One member of each item, as an array parameter.
pub(super) fn column<'a, T, C>(items: &'a [T], member: impl Fn(&'a T) -> C) -> Vec<C> {
    items.iter().map(member).collect()
}

/// Text for a column: PostgreSQL's text has no U+0000.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// As [`storable`], where there is text.
pub(super) fn optional(text: Option<&str>) -> Option<String> {
    text.map(storable)
}

/// As [`storable`], cut to what a column of `max` characters can hold: for words that only people read.
pub(super) fn clipped(text: &str, max: usize) -> String {
    storable(text).chars().take(max).collect()
}
