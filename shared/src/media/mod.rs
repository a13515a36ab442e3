//! Files that people want to publish: the bucket that they lie in, and what can be told of one.

mod bucket;
mod facts;
pub mod probe;

pub use bucket::{Bucket, BucketError, Download, DownloadError, Head, PresignedPut, Promise, UploadAddress};
pub use facts::Facts;
