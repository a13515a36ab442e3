//! What an upload address takes.

use reqwest::Client;

use shared::media::BucketError;
use testkit::samples;

use super::Desk;
use crate::support::Answer;

#[tokio::test]
async fn an_address_takes_the_file_that_was_announced_as_often_as_it_is_put() {
    let desk = Desk::open().await;
    let (mp4, announced) = (samples::mp4(), desk.announce("video/mp4", &samples::mp4()).await);
    for _ in 0..2 {
        let answer = Answer::of(announced.put(&mp4)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn an_address_takes_no_other_bytes_size_type_or_checksum() {
    let desk = Desk::open().await;
    let mp4 = samples::mp4();
    let announced = desk.announce("video/mp4", &mp4).await;
    let mut others = mp4.clone();
    others[90_000] ^= 1;
    let longer = [mp4.as_slice(), b"x"].concat();
    let bare = Client::builder().build().unwrap().put(&announced.upload_url).body(mp4.clone());
    for (what, put) in [
        ("other bytes", announced.put(&others)),
        ("more bytes", announced.put(&longer)),
        ("other bytes with their own checksum", announced.put(&others).header("x-amz-checksum-crc32", "AAAAAA==")),
        ("another type", announced.put(&mp4).header("content-type", "text/html")),
        ("no headers", bare),
    ] {
        let answer = Answer::of(put).await;
        assert!(matches!(answer.status, 400 | 403), "{what}: {answer:?}");
    }
    let head = desk.files.bucket.head(&desk.key(announced.media_id).await).await;
    assert!(matches!(head, Err(BucketError::Gone)), "{head:?}");
}
