//! A bucket that doesn't give a file: only where it says that there is none, the file is gone.

use std::collections::HashMap;

use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use axum::{Router, http::StatusCode};
use shared::{
    config::aws,
    media::{Bucket, BucketError},
    services::media::{MediaError, MediaFiles},
};
use testkit::samples;
use tokio::net::TcpListener;

use super::Desk;
use crate::support::{RedisLine, Settings};

/// A bucket at this address, with the patience that functions have.
fn bucket_at(url: &str) -> Bucket {
    let settings = [("AWS_REGION", "us-east-1"), ("AWS_ENDPOINT_URL", url), ("MEDIA_BUCKET", "media")];
    let settings: HashMap<_, _> = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let settings = Settings(settings);
    let credentials = SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test"));
    let aws = aws::load(&settings).unwrap().to_builder().credentials_provider(credentials).build();
    Bucket::load(&settings, &aws).unwrap()
}

/// A bucket that answers every request with this status.
async fn answering(status: u16) -> Bucket {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let status = StatusCode::from_u16(status).unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(async move || status)).await.unwrap() });
    bucket_at(&url)
}

/// What becomes of asking for a file, and of reading it.
async fn errors(bucket: &Bucket) -> [BucketError; 2] {
    let (head, read) = tokio::join!(bucket.head("media/7/file"), bucket.read("media/7/file", "\"etag\"", 0..1));
    [head.unwrap_err(), read.unwrap_err()]
}

#[tokio::test]
async fn only_what_is_said_not_to_be_there_is_gone() {
    assert!(errors(&answering(404).await).await.iter().all(|error| matches!(error, BucketError::Gone)));
    assert!(errors(&answering(412).await).await.iter().all(|error| matches!(error, BucketError::Changed)));
    for status in [301, 400, 401, 403, 405, 416] {
        let errors = errors(&answering(status).await).await;
        assert!(errors.iter().all(|error| matches!(error, BucketError::Refused(_))), "{status}: {errors:?}");
    }
    for status in [408, 409, 429, 500, 502, 503, 504] {
        let errors = errors(&answering(status).await).await;
        assert!(errors.iter().all(|error| matches!(error, BucketError::Unavailable(_))), "{status}: {errors:?}");
    }
}

#[tokio::test]
async fn silence_and_a_closed_door_say_nothing_of_a_file() {
    let silent = RedisLine::silent().await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for url in [silent.url().replace("redis", "http"), format!("http://{nobody}")] {
        let errors = errors(&bucket_at(&url)).await;
        assert!(errors.iter().all(|error| matches!(error, BucketError::Unavailable(_))), "{url}: {errors:?}");
    }
}

#[tokio::test]
async fn a_file_is_given_up_only_where_it_is_gone() {
    let desk = Desk::open().await;
    let announced = desk.stored("image/jpeg", &samples::jpeg()).await;
    desk.files.usable(desk.user, announced.media_id).await.unwrap();
    for (status, is_given_up) in [(404, true), (403, false), (503, false)] {
        let files = MediaFiles { database: desk.files.database.clone(), bucket: answering(status).await };
        let error = files.usable(desk.user, announced.media_id).await.unwrap_err();
        assert_eq!(matches!(error, MediaError::Expired), is_given_up, "{status}: {error:?}");
        assert_eq!(matches!(error, MediaError::Bucket(_)), !is_given_up, "{status}: {error:?}");
    }
    desk.files.usable(desk.user, announced.media_id).await.unwrap();
}
