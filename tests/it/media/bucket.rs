//! The bucket: what it's set to, and reading a file from it.

use std::collections::BTreeSet;

use shared::{domain::MediaType, media::BucketError};
use testkit::samples;
use tests::template::Template;

use super::Desk;

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

/// The emulator lets every browser in, so the rule itself is looked at.
#[tokio::test]
async fn a_browser_of_the_apps_origin_may_put_a_file_with_the_headers_that_it_is_told() {
    let desk = Desk::open().await;
    let announced = desk.announce("video/mp4", &samples::mp4()).await;
    let cors = desk.world.aws.s3.get_bucket_cors().bucket(&desk.bucket).send().await.unwrap();
    let [rule] = cors.cors_rules() else { panic!("{cors:?}") };
    assert_eq!(rule.allowed_origins(), [desk.world.stack.aws_endpoint_url.as_str()]);
    assert_eq!(rule.allowed_methods(), ["PUT"]);
    let told: BTreeSet<_> = announced.headers.keys().collect();
    assert_eq!(rule.allowed_headers().iter().collect::<BTreeSet<_>>(), told);
}

#[test]
fn the_buckets_own_rule_deletes_no_file_that_a_post_may_still_need() {
    let template = Template::load().unwrap();
    let rules = &template.resources("AWS::S3::Bucket")["MediaBucket"]["Properties"]["LifecycleConfiguration"]["Rules"];
    let days: Vec<_> = rules.as_array().unwrap().iter().map(|rule| rule["ExpirationInDays"].as_u64()).collect();
    assert_eq!(days, [Some(MediaType::LONGEST_KEPT.as_secs() / 86_400)]);
}
