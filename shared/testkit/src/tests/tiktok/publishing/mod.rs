//! Publishing a video, step by step as an app does it.

mod creator;
mod init;
mod moves;
mod upload;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::World;
use crate::{
    Consent,
    tests::{answer, http, query},
};

const CREATOR_INFO: &str = "/v2/post/publish/creator_info/query/";
const INIT: &str = "/v2/post/publish/video/init/";
const STATUS: &str = "/v2/post/publish/status/fetch/";

/// A file of three chunks, whose last is larger.
const SIZE: usize = 16_000_000;
const CHUNK: usize = 5_242_880;

/// Somebody who is logged in, and the world around.
struct Studio {
    world: World,
    token: String,
}

/// A post that was begun.
struct Begun {
    publish_id: String,
    upload_url: String,
}

/// A good init of a file, but for the changes.
fn init(changes: &Value) -> Value {
    let mut body = json!({
        "post_info": { "title": "Morning run #fitness", "privacy_level": "PUBLIC_TO_EVERYONE", "disable_comment": true,
            "disable_duet": true, "disable_stitch": true, "brand_content_toggle": false, "brand_organic_toggle": false,
            "is_aigc": false, "video_cover_timestamp_ms": 1_500 },
        "source_info": { "source": "FILE_UPLOAD", "video_size": SIZE, "chunk_size": CHUNK, "total_chunk_count": 3 },
    });
    for part in ["post_info", "source_info"] {
        for (name, value) in changes[part].as_object().into_iter().flatten() {
            body[part][name] = value.clone();
        }
    }
    body
}

/// A file in which no two chunks are alike.
fn file() -> Vec<u8> {
    (0..SIZE).map(|index| (index / 1_000 % 251) as u8).collect()
}

impl Studio {
    async fn open() -> Self {
        let world = World::start().await;
        Self::of(world, "ada").await
    }

    async fn of(world: World, person: &str) -> Self {
        let location = world.remote.consent(&world.login(&[]), &Consent::allow().by(person)).await.unwrap();
        let (_, token) = world.exchange(&query(&location, "code").unwrap(), &[]).await;
        let token = token["access_token"].as_str().unwrap().to_owned();
        Self { world, token }
    }

    async fn settings(&self, publishing: &Value) {
        self.world.remote.change_settings(&json!({ "publishing": publishing })).await.unwrap();
    }

    async fn call(&self, path: &str, body: &Value) -> (u16, Value) {
        let address = format!("{}{path}", self.world.simulator.url());
        answer(http().post(address).bearer_auth(&self.token).json(body)).await
    }

    /// Status and code of an answer.
    async fn code(&self, path: &str, body: &Value) -> (u16, String) {
        let (status, body) = self.call(path, body).await;
        (status, body["error"]["code"].as_str().unwrap().to_owned())
    }

    async fn begin(&self, changes: &Value) -> Begun {
        let (status, body) = self.call(INIT, &init(changes)).await;
        assert_eq!(status, 200, "{body}");
        let text = |name: &str| body["data"][name].as_str().unwrap().to_owned();
        Begun { publish_id: text("publish_id"), upload_url: text("upload_url") }
    }

    async fn status(&self, publish_id: &str) -> Value {
        self.call(STATUS, &json!({ "publish_id": publish_id })).await.1["data"].clone()
    }

    /// Begins a post and sends the whole file.
    async fn upload(&self, changes: &Value) -> Begun {
        let (begun, file) = (self.begin(changes).await, file());
        for (first, end) in [(0, CHUNK), (CHUNK, 2 * CHUNK), (2 * CHUNK, SIZE)] {
            let (status, _) = sent(put(&begun.upload_url, first, &file[first..end])).await;
            assert_eq!(status, if end == SIZE { 201 } else { 206 });
        }
        begun
    }
}

/// A good chunk.
fn put(url: &str, first: usize, bytes: &[u8]) -> RequestBuilder {
    let range = format!("bytes {first}-{}/{SIZE}", first + bytes.len() - 1);
    http().put(url).header("content-type", "video/mp4").header("content-range", range).body(bytes.to_vec())
}

/// Status and `Content-Range` of the answer to a chunk.
async fn sent(chunk: RequestBuilder) -> (u16, String) {
    let answer = chunk.send().await.unwrap();
    let range = answer.headers().get("content-range").map(|range| range.to_str().unwrap().to_owned());
    (answer.status().as_u16(), range.unwrap_or_default())
}

#[tokio::test]
async fn a_video_is_posted_and_becomes_public_as_one_post_with_the_files_bytes() {
    let studio = Studio::open().await;
    let settings = json!({ "processing_s": 10, "moderation_s": 20, "keeps_bytes_up_to": SIZE });
    studio.settings(&settings).await;
    let Begun { publish_id, .. } = studio.upload(&json!({})).await;
    let working = json!({ "status": "PROCESSING_UPLOAD", "uploaded_bytes": SIZE });
    assert_eq!(studio.status(&publish_id).await, working);
    studio.world.remote.advance(10).await.unwrap();
    assert_eq!(studio.status(&publish_id).await["status"], "PUBLISH_COMPLETE");
    studio.world.remote.advance(20).await.unwrap();
    let id = studio.status(&publish_id).await["publicaly_available_post_id"][0].as_u64().unwrap();

    let posts = studio.world.remote.posts().await.unwrap();
    let [post] = posts.as_slice() else { panic!("{posts:?}") };
    assert_eq!((&post["publish_id"], &post["person"]), (&json!(publish_id), &json!("ada")));
    assert_eq!((&post["status"], &post["post_ids"]), (&json!("PUBLISH_COMPLETE"), &json!([id.to_string()])));
    assert_eq!((&post["title"], &post["bytes"]), (&json!("Morning run #fitness"), &json!(SIZE)));
    assert_eq!(post["sha256"], crate::signing::sha256_hex(file()));
    assert_eq!(studio.world.remote.bytes_of(&publish_id).await.unwrap(), file());
}
