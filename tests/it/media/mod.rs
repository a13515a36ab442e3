//! Files that people publish: announced, put into the bucket, looked at, and deleted.

mod bucket;
mod put;
mod refusals;
mod sweep;
mod usable;

use std::collections::BTreeMap;

use aws_sdk_s3::primitives::ByteStream;
use reqwest::{Client, Method, RequestBuilder};
use serde::Deserialize;
use serde_json::json;
use shared::{
    domain::{MediaId, UserId},
    services::media::MediaFiles,
};
use testkit::samples;
use tests::stack::aws::sdk_config;

use crate::{
    contract::holds,
    support::{Answer, Settings, World},
};

/// What `POST /api/media` answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Announced {
    media_id: MediaId,
    upload_url: String,
    headers: BTreeMap<String, String>,
}

/// The stack, one of its users, and their files as the functions see them.
struct Desk {
    world: World,
    user: UserId,
    files: MediaFiles,
    bucket: String,
}

impl Desk {
    async fn open() -> Self {
        let world = World::open().await;
        let settings = world.aws.settings(&world.stack.functions["media-create"]).await;
        let bucket = settings["MEDIA_BUCKET"].clone();
        let files = MediaFiles::load(&Settings(settings), &sdk_config(&world.stack.aws_endpoint_url)).unwrap();
        let user = UserId(world.stack.users[0].id);
        Self { world, user, files, bucket }
    }

    /// Announces a file with its true size and checksum.
    async fn announce(&self, content_type: &str, bytes: &[u8]) -> Announced {
        let body = json!({ "contentType": content_type, "size": bytes.len(), "checksum": samples::crc32(bytes) });
        let request = self.world.api.request(Method::POST, "/api/media").bearer_auth(&self.world.stack.users[0].token);
        let answer = Answer::of(request.body(body.to_string())).await;
        holds("POST", "/api/media", &answer);
        assert_eq!(answer.status, 201, "{answer:?}");
        serde_json::from_value(answer.json()).unwrap()
    }

    /// A file of this kind that lies in the bucket.
    async fn stored(&self, content_type: &str, bytes: &[u8]) -> Announced {
        let announced = self.announce(content_type, bytes).await;
        let answer = Answer::of(announced.put(bytes)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        announced
    }

    async fn key(&self, id: MediaId) -> String {
        let sql = "SELECT object_key FROM media_uploads WHERE id = $1";
        self.world.tables.rows(sql, &[&id.0]).await[0].get(0)
    }

    /// Puts something else where a file lies, past its address.
    async fn replace(&self, id: MediaId, bytes: &[u8]) {
        let put = self.world.aws.s3.put_object().bucket(&self.bucket).key(self.key(id).await);
        put.checksum_crc32(samples::crc32(bytes)).body(ByteStream::from(bytes.to_vec())).send().await.unwrap();
    }
}

impl Announced {
    /// As a browser does it.
    fn put(&self, bytes: &[u8]) -> RequestBuilder {
        let put = Client::builder().build().unwrap().put(&self.upload_url);
        self.headers.iter().fold(put, |put, (name, value)| put.header(name, value)).body(bytes.to_vec())
    }
}
