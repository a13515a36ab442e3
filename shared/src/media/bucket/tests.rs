//! What an upload address is bound to.

use std::time::Duration;

use url::Url;

use super::*;
use crate::config::aws;

struct Settings;

impl Vars for Settings {
    fn get(&self, name: &str) -> Option<String> {
        let value = match name {
            "AWS_REGION" => "eu-central-1",
            "MEDIA_BUCKET" => "media",
            _ => return None,
        };
        Some(value.to_owned())
    }
}

async fn presigned() -> (PresignedPut, Url) {
    let credentials = aws_sdk_s3::config::Credentials::for_tests();
    let aws = aws::load(&Settings).unwrap().to_builder();
    let aws = aws.credentials_provider(aws_sdk_s3::config::SharedCredentialsProvider::new(credentials)).build();
    let promise = Promise { content_type: "video/mp4", size: 4_000_000_000, checksum: "y/Q5Jg==" };
    let bucket = Bucket::load(&Settings, &aws).unwrap();
    let put = bucket.presign_put("media/7/key", promise, Duration::from_secs(3_600)).await.unwrap();
    let url = put.address.expose().parse().unwrap();
    (put, url)
}

fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn an_upload_address_signs_type_size_and_checksum() {
    let (put, url) = presigned().await;
    let signed = "content-length;content-type;host;x-amz-checksum-crc32";
    assert_eq!(query(&url, "X-Amz-SignedHeaders").as_deref(), Some(signed));
    assert_eq!(query(&url, "X-Amz-Expires").as_deref(), Some("3600"));
    let sent = [("content-type", "video/mp4"), ("x-amz-checksum-crc32", "y/Q5Jg==")];
    assert_eq!(put.headers, sent.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[tokio::test]
async fn an_upload_address_asks_for_no_other_checksum() {
    let (_, url) = presigned().await;
    let asked: Vec<_> = url.query_pairs().filter(|(name, _)| name.to_lowercase().contains("checksum")).collect();
    assert!(asked.is_empty(), "{asked:?}");
}

#[tokio::test]
async fn an_upload_address_is_not_in_debug_output() {
    let (put, url) = presigned().await;
    let signature = query(&url, "X-Amz-Signature").unwrap();
    assert!(!format!("{put:?}").contains(&signature));
}
