//! As much of S3 as reading one large file needs.

use std::{
    fs::{self, File},
    io,
    ops::Range,
    os::unix::fs::FileExt,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyhow::Result;
use axum::{
    body::{Body, Bytes, HttpBody},
    http::{
        HeaderMap, Method, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MATCH, RANGE},
    },
    response::{IntoResponse, Response},
};
use http_body::{Frame, SizeHint};

/// The name of the file's only version.
pub(super) const VERSION: &str = "\"9b2cf535f27731c974343645a3985328-1\"";
/// What was promised of it; nobody counts again.
pub(super) const CHECKSUM: &str = "AAAAAA==";
/// How much is read at a time.
const BLOCK: u64 = 256 * 1024;

/// The file that lies wherever a bucket is asked for one.
#[derive(Debug, Clone)]
pub(in crate::bench) struct StoredFile {
    file: Arc<File>,
    size: u64,
}

impl StoredFile {
    /// A file of so many zeros in `folder`, of which the disk holds none. It's gone when this is dropped.
    pub(super) fn create(folder: &Path, size: u64) -> Result<Self> {
        let path = folder.join("large-file");
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
        fs::remove_file(path)?;
        file.set_len(size)?;
        Ok(Self { file: Arc::new(file), size })
    }

    /// What S3 answers: only the right version is given, and only a range of it.
    pub(in crate::bench) fn answer(&self, method: &Method, headers: &HeaderMap) -> Response {
        let facts = [(ETAG.as_str(), VERSION), (CONTENT_TYPE.as_str(), "video/mp4")];
        if *method == Method::HEAD {
            let length = [(CONTENT_LENGTH, self.size)];
            return (length, facts, [("x-amz-checksum-crc32", CHECKSUM)]).into_response();
        }
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        match header(RANGE).and_then(range) {
            _ if header(IF_MATCH) != Some(VERSION) => StatusCode::PRECONDITION_FAILED.into_response(),
            Some(range) if range.end <= self.size => {
                let given = format!("bytes {}-{}/{}", range.start, range.end - 1, self.size);
                let part = Body::new(Part { file: Arc::clone(&self.file), left: range });
                (StatusCode::PARTIAL_CONTENT, [(CONTENT_RANGE, given)], facts, part).into_response()
            }
            _ => StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
        }
    }
}

/// From `bytes=0-99`; none where it's empty.
fn range(header: &str) -> Option<Range<u64>> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let range = first.parse().ok()?..last.parse::<u64>().ok()?.checked_add(1)?;
    (!range.is_empty()).then_some(range)
}

/// A part of the file, read when it's wanted. What the disk doesn't hold is read at once.
struct Part {
    file: Arc<File>,
    left: Range<u64>,
}

impl Part {
    fn read(&mut self) -> io::Result<Bytes> {
        let mut block = vec![0; BLOCK.min(self.left.end - self.left.start) as usize];
        self.file.read_exact_at(&mut block, self.left.start)?;
        self.left.start += block.len() as u64;
        Ok(block.into())
    }
}

impl HttpBody for Part {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready((!self.left.is_empty()).then(|| self.read().map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.end - self.left.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_its_last_byte() {
        assert_eq!(range("bytes=0-99"), Some(0..100));
        for other in ["bytes=5-4", "bytes=0-", "bytes=-5", "lines=0-1", ""] {
            assert_eq!(range(other), None, "{other}");
        }
    }
}
