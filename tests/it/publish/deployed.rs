//! As it's deployed, through the public API alone: a file, a post, and what its owner sees of it in the end.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::samples;

use crate::support::{Answer, World, eventually, unique};

#[tokio::test]
async fn a_file_that_is_posted_becomes_a_post_that_everybody_can_see() {
    let world = World::open().await;
    let (user, person) = (&world.stack.users[0], world.tiktok_person().await);
    let account = world.connect_tiktok(user, &person).await;
    let media = put_file(&world, &samples::mp4()).await;
    let info = json!({ "title": person, "privacy_level": "PUBLIC_TO_EVERYONE", "disable_comment": true,
        "disable_duet": true, "disable_stitch": true, "brand_content_toggle": false, "brand_organic_toggle": false,
        "is_aigc": false });
    let body = json!({ "accountId": account, "mediaKind": "VIDEO", "mode": "DIRECT_POST", "source": "FILE_UPLOAD",
        "mediaId": media, "postInfo": info });
    let taken = asked(&world, Method::POST, "/api/tiktok/upload", Some(&body)).await;
    let path = format!("/api/tiktok/posts/{}", taken["postId"]);

    let post = eventually("the post has its public id", async || {
        let post = asked(&world, Method::GET, &path, None).await;
        (post["platformPostIds"] != json!([])).then_some(post)
    })
    .await;
    assert_eq!(post["status"], "PUBLISH_COMPLETE");
    let made = world.platforms.tiktok.posts().await.unwrap();
    let made: Vec<_> = made.iter().filter(|made| made["person"] == person.as_str()).collect();
    assert_eq!((made.len(), &made[0]["post_ids"]), (1, &post["platformPostIds"]));
    assert_eq!((&made[0]["publish_id"], &made[0]["bytes"]), (&post["publishId"], &json!(samples::mp4().len())));
}

/// The id of a file that was put into the bucket.
async fn put_file(world: &World, bytes: &[u8]) -> Value {
    let body = json!({ "contentType": "video/mp4", "size": bytes.len(), "checksum": samples::crc32(bytes) });
    let announced = asked(world, Method::POST, "/api/media", Some(&body)).await;
    let put = reqwest::Client::builder().build().unwrap().put(announced["uploadUrl"].as_str().unwrap());
    let headers = announced["headers"].as_object().unwrap().iter();
    let put = headers.fold(put, |put, (name, value)| put.header(name, value.as_str().unwrap()));
    assert_eq!(Answer::of(put.body(bytes.to_vec())).await.status, 200);
    announced["mediaId"].clone()
}

/// What the first user is answered.
async fn asked(world: &World, method: Method, path: &str, body: Option<&Value>) -> Value {
    let request = world.api.request(method, path).bearer_auth(&world.stack.users[0].token);
    let request = request.header("idempotency-key", unique());
    let answer = Answer::of(request.body(body.map_or_else(String::new, Value::to_string))).await;
    assert!(matches!(answer.status, 200..300), "{answer:?}");
    answer.json()
}
