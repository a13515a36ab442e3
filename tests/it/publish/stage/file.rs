//! Files in the bucket, with their rows.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::json;
use tests::stack::aws::sdk_config;

use crate::support::{World, unique};

/// A file in the bucket.
pub(in super::super) struct File {
    pub(in super::super) media: i64,
    pub(super) key: String,
    pub(in super::super) size: usize,
    pub(in super::super) sha256: String,
}

impl File {
    /// A file of so many bytes in the bucket, no two chunks of it alike, with its row.
    pub(in super::super) async fn put(world: &World, bucket: &str, user: i64, size: usize) -> Self {
        let mut state = unique().parse::<u64>().unwrap();
        let mut byte = || {
            // Knuth's MMIX generator.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        let bytes: Vec<u8> = (0..size).map(|_| byte()).collect();
        let (key, sha256) = (format!("media/{}", unique()), hex(digest(&SHA256, &bytes).as_ref()));
        let etag = put(world, bucket, &key, bytes).await;
        let facts = json!({ "facts": { "video": {
            "container": "Mp4", "duration": { "secs": 10, "nanos": 0 }, "video": null, "hasAudio": true } } });
        let sql = "INSERT INTO media_uploads (user_id, object_key, content_type, size, checksum, status, etag, stored_at,
                                              expires_at, delete_after, metadata)
                   VALUES ($1, $2, 'video/mp4', $3, 'AAAAAA==', 'stored', $4, now(), now(), now() + INTERVAL '9 days', $5)
                   RETURNING id";
        let rows = world.tables.rows(sql, &[&user, &key, &(size as i64), &etag, &facts]).await;
        Self { media: rows[0].get(0), key, size, sha256 }
    }
}

/// Puts bytes into the bucket; returns their ETag.
pub(super) async fn put(world: &World, bucket: &str, key: &str, bytes: Vec<u8>) -> String {
    let s3 = aws_sdk_s3::Client::new(&sdk_config(&world.stack.aws_endpoint_url));
    let put = s3.put_object().bucket(bucket).key(key).body(bytes.into());
    put.send().await.unwrap().e_tag.unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
