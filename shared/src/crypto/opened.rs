//! Data keys that KMS has unwrapped, kept for a short time.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use super::{data_key::DataKey, envelope::Header, fetched::Fetched, lease::Lease};

/// A data key, or its place while it's being unwrapped.
pub(super) type Opened = Fetched<Arc<DataKey>>;

/// The last few data keys, each for at most [`Lease::MAX_AGE`], oldest first. What is too old is dropped, and so wiped,
/// by the next look.
#[derive(Debug, Default)]
pub(super) struct OpenedKeys(Mutex<VecDeque<Entry>>);

#[derive(Debug)]
struct Entry {
    header: Header,
    since: Instant,
    key: Arc<Opened>,
}

impl OpenedKeys {
    /// The most keys that are kept.
    const MAX: usize = 64;

    /// The key that this header names, to be unwrapped by whoever comes first.
    pub(super) fn find(&self, header: &Header, now: Instant) -> Arc<Opened> {
        self.find_or(header, now, Opened::default)
    }

    /// Keeps a key that need not be unwrapped.
    pub(super) fn insert(&self, header: &Header, key: Arc<DataKey>, now: Instant) {
        self.find_or(header, now, || Opened::already(key));
    }

    fn find_or(&self, header: &Header, now: Instant, new: impl FnOnce() -> Opened) -> Arc<Opened> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| now.saturating_duration_since(entry.since) < Lease::MAX_AGE);
        if let Some(entry) = entries.iter().find(|entry| entry.header == *header) {
            return Arc::clone(&entry.key);
        }
        if entries.len() == Self::MAX {
            entries.pop_front();
        }
        let key = Arc::new(new());
        entries.push_back(Entry { header: header.clone(), since: now, key: Arc::clone(&key) });
        key
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn header(number: usize) -> Header {
        Header::new("key".to_owned(), number.to_be_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_key_is_kept_for_five_minutes_and_no_longer() {
        let (keys, now) = (OpenedKeys::default(), Instant::now());
        let key = keys.find(&header(1), now);
        assert!(Arc::ptr_eq(&key, &keys.find(&header(1), now + Duration::from_secs(299))));
        keys.find(&header(2), now + Duration::from_secs(300));
        assert_eq!(Arc::strong_count(&key), 1, "only this test holds it");
    }

    #[test]
    fn the_oldest_key_makes_room_for_a_new_one() {
        let (keys, now) = (OpenedKeys::default(), Instant::now());
        let held: Vec<_> = (0..=OpenedKeys::MAX).map(|number| keys.find(&header(number), now)).collect();
        let kept: Vec<_> = held.iter().map(|key| Arc::strong_count(key) - 1).collect();
        assert_eq!(kept[0], 0);
        assert_eq!(kept[1..], [1; OpenedKeys::MAX]);
    }
}
