use serde_json::json;

use super::{CHUNK, SIZE, Studio, file, put, sent};
use crate::tests::http;

#[tokio::test]
async fn chunks_are_taken_one_after_the_other_only() {
    let (studio, file) = (Studio::open().await, file());
    let url = studio.begin(&json!({})).await.upload_url;
    let chunk = |first: usize, end: usize| sent(put(&url, first, &file[first..end]));
    assert_eq!(chunk(CHUNK, 2 * CHUNK).await, (416, format!("bytes 0-0/{SIZE}")));
    assert_eq!(chunk(0, CHUNK).await, (206, format!("bytes 0-{CHUNK}/{SIZE}")));
    assert_eq!(chunk(0, CHUNK).await, (416, format!("bytes 0-{CHUNK}/{SIZE}")));
    for (first, end) in [(CHUNK, 2 * CHUNK - 1), (CHUNK, SIZE), (CHUNK + 1, 2 * CHUNK)] {
        let (status, _) = chunk(first, end).await;
        assert!(matches!(status, 400 | 416), "{first} {end} {status}");
    }
    assert_eq!(chunk(CHUNK, 2 * CHUNK).await.0, 206);
    assert_eq!(chunk(2 * CHUNK, SIZE).await, (201, format!("bytes 0-{SIZE}/{SIZE}")));
    assert_eq!(chunk(2 * CHUNK, SIZE).await.0, 416);
}

#[tokio::test]
async fn a_repeated_chunk_and_a_last_byte_are_possible_as_well() {
    let (studio, file) = (Studio::open().await, file());
    studio.settings(&json!({ "accepts_repeated_chunk": true, "reports_last_byte": true })).await;
    let url = studio.begin(&json!({})).await.upload_url;
    for _ in 0..2 {
        assert_eq!(sent(put(&url, 0, &file[..CHUNK])).await, (206, format!("bytes 0-{}/{SIZE}", CHUNK - 1)));
    }
    assert_eq!(sent(put(&url, CHUNK, &file[CHUNK..2 * CHUNK])).await.0, 206);
    for _ in 0..2 {
        assert_eq!(sent(put(&url, 2 * CHUNK, &file[2 * CHUNK..])).await.0, 201);
    }
    let posts = studio.world.remote.posts().await.unwrap();
    assert_eq!((posts.len(), &posts[0]["sha256"]), (1, &json!(crate::signing::sha256_hex(&file))));
}

#[tokio::test]
async fn wrong_headers_are_refused() {
    let (studio, file) = (Studio::open().await, file());
    let url = studio.begin(&json!({})).await.upload_url;
    let with = |name: &'static str, value: &str| {
        let good = [("content-type", "video/mp4"), ("content-range", "bytes 0-5242879/16000000")];
        let kept = good.into_iter().filter(|(known, _)| *known != name);
        let request = kept.fold(http().put(&url), |request, (known, value)| request.header(known, value));
        let request = if value.is_empty() { request } else { request.header(name, value) };
        sent(request.body(file[..CHUNK].to_vec()))
    };
    for (name, value) in [
        ("content-type", ""),
        ("content-type", "application/octet-stream"),
        ("content-range", ""),
        ("content-range", "bytes=0-5242879/16000000"),
        ("content-range", "bytes 0-5242879/*"),
        ("content-range", "bytes 0-5242880/16000000"),
        ("content-range", "bytes 0-5242879/16000001"),
        ("authorization", "Bearer x"),
    ] {
        assert_eq!(with(name, value).await.0, 400, "{name}: {value}");
    }
    assert_eq!(with("content-type", "video/quicktime").await.0, 206);
}

#[tokio::test]
async fn an_address_that_is_expired_or_made_up_takes_nothing() {
    let (studio, file) = (Studio::open().await, file());
    let url = studio.begin(&json!({})).await.upload_url;
    let made_up = format!("{}/upload?upload_id=1&upload_token=x", studio.world.simulator.url());
    assert_eq!(sent(put(&made_up, 0, &file[..CHUNK])).await, (404, String::new()));
    assert_eq!(sent(put(&format!("{url}x"), 0, &file[..CHUNK])).await.0, 403);
    assert_eq!(sent(put(&url, 0, &file[..CHUNK])).await.0, 206);
    studio.world.remote.advance(3_600).await.unwrap();
    assert_eq!(sent(put(&url, CHUNK, &file[CHUNK..2 * CHUNK])).await.0, 403);
}

#[tokio::test]
async fn what_befalls_a_chunk_leaves_a_trace_only_when_its_answer_is_lost() {
    let (studio, file) = (Studio::open().await, file());
    let begun = studio.begin(&json!({})).await;
    let received = async || studio.status(&begun.publish_id).await["uploaded_bytes"].as_u64().unwrap();
    for (fault, status) in
        [(json!({ "status": 502 }), 502), (json!({ "refuse": "403" }), 403), (json!({ "rate_limited": true }), 429)]
    {
        studio.world.remote.fault("/upload", 1, &fault).await.unwrap();
        assert_eq!(sent(put(&begun.upload_url, 0, &file[..CHUNK])).await.0, status);
    }
    assert_eq!(received().await, 0);
    studio.world.remote.fault("/upload", 1, &json!({ "lose_answer": true })).await.unwrap();
    assert!(put(&begun.upload_url, 0, &file[..CHUNK]).send().await.is_err());
    assert_eq!(received().await, CHUNK as u64);
}
