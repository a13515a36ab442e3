//! Reading a file from the bucket.

use shared::media::BucketError;

use super::{Desk, samples};

#[tokio::test]
async fn exactly_the_bytes_that_are_asked_for_come_from_the_version_that_is_asked_for() {
    let desk = Desk::open().await;
    let mp4 = samples::mp4();
    let announced = desk.stored("video/mp4", &mp4).await;
    let (bucket, key) = (&desk.files.bucket, desk.key(announced.media_id).await);
    let etag = bucket.head(&key).await.unwrap().etag;
    for (start, end) in [(0, 1), (7, 70_000), (0, mp4.len())] {
        let part = bucket.read(&key, &etag, start as u64..end as u64).await.unwrap();
        assert_eq!(part.bytes().await.unwrap(), mp4[start..end]);
    }
    let size = mp4.len() as u64;
    for range in [0..0, size..size, size..size + 1, 1..size + 1] {
        let part = bucket.read(&key, &etag, range.clone()).await;
        assert!(matches!(part, Err(BucketError::Refused(_))), "{range:?}: {part:?}");
    }

    desk.replace(announced.media_id, b"something else").await;
    let part = bucket.read(&key, &etag, 0..1).await;
    assert!(matches!(part, Err(BucketError::Changed)), "{part:?}");

    bucket.delete(&key).await.unwrap();
    bucket.delete(&key).await.unwrap();
    let part = bucket.read(&key, &etag, 0..1).await;
    assert!(matches!(part, Err(BucketError::Gone)), "{part:?}");
}
