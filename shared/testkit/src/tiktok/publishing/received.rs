//! What has arrived of a file: how much, and a running hash instead of the bytes.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};

use crate::signing::hex;

/// All of a file that has arrived; cheap to copy, so that a chunk that breaks off leaves no trace.
#[derive(Clone)]
pub(super) struct Received {
    pub(super) count: u64,
    hash: Context,
    /// Where the file is small enough to be kept.
    bytes: Option<Vec<u8>>,
}

impl Received {
    pub(super) fn nothing(keeps_bytes: bool) -> Self {
        Self { count: 0, hash: Context::new(&SHA256), bytes: keeps_bytes.then(Vec::new) }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.count += bytes.len() as u64;
        self.hash.update(bytes);
        if let Some(kept) = &mut self.bytes {
            kept.extend_from_slice(bytes);
        }
    }

    pub(super) fn sha256(&self) -> String {
        hex(self.hash.clone().finish().as_ref())
    }

    pub(super) fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Received({})", self.count)
    }
}
