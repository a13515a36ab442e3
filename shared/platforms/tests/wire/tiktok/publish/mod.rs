//! Publishing a video: the client against the simulator, whose hash tells whether the bytes are the file's.

mod calls;
mod upload;

use std::{
    collections::VecDeque,
    ops::Range,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame};
use platforms::{
    secret::AccessToken,
    tiktok::publish::{
        chunk::{ChunkAnswer, ChunkError, VideoFormat},
        chunks::{Chunk, ChunkPlan},
        init::UploadInit,
        post::{PrivacyLevel, VideoPost},
        status::PublishStatus,
        target::{UploadHosts, UploadTarget},
    },
};
use serde_json::{Value, json};

use super::World;

const UPLOAD: &str = "/upload";
/// The pieces that a source gives.
const PIECE: u64 = 256 * 1024;

/// Somebody who is logged in, and posts that are published at once.
struct Studio {
    world: World,
    token: AccessToken,
}

/// Part of a file that exists only as its formula.
struct FilePart(VecDeque<Range<u64>>);

/// Bytes of the file: runs of a length that no chunk has, each of another byte.
fn content(range: Range<u64>) -> Vec<u8> {
    let (mut bytes, mut place) = (Vec::new(), range.start);
    while place < range.end {
        let run = place / 4_093;
        let end = range.end.min((run + 1) * 4_093);
        bytes.resize((end - range.start) as usize, (run % 251) as u8);
        place = end;
    }
    bytes
}

impl FilePart {
    fn of(chunk: Chunk) -> Self {
        Self(pieces(chunk.range()).collect())
    }
}

impl Body for FilePart {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(content(piece).into()))))
    }
}

fn pieces(range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    range.clone().step_by(PIECE as usize).map(move |first| first..range.end.min(first + PIECE))
}

fn sha256(size: u64) -> String {
    let mut hash = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    pieces(0..size).for_each(|piece| hash.update(&content(piece)));
    hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn post() -> VideoPost {
    VideoPost {
        privacy_level: PrivacyLevel::PublicToEveryone,
        title: Some("Morning run #fitness".to_owned()),
        disable_comment: true,
        disable_duet: true,
        disable_stitch: true,
        video_cover_timestamp_ms: Some(1_500),
        brand_content_toggle: false,
        brand_organic_toggle: true,
        is_aigc: true,
    }
}

impl Studio {
    async fn open() -> Self {
        let world = World::start().await;
        let token = world.connected().await.access_token;
        let studio = Self { world, token };
        studio.settings(&json!({ "enforces_rate_limits": false, "processing_s": 0, "moderation_s": 0 })).await;
        studio
    }

    async fn settings(&self, publishing: &Value) {
        self.world.remote.change_settings(&json!({ "publishing": publishing })).await.unwrap();
    }

    async fn begin(&self, plan: ChunkPlan) -> (String, UploadTarget) {
        let UploadInit { publish_id, upload_url } =
            self.world.api.init_video_upload(&self.token, &post(), plan).await.unwrap();
        let hosts = UploadHosts::parse([self.world.simulator.url()]).unwrap();
        (publish_id, UploadTarget::check(&upload_url, &hosts).unwrap())
    }

    async fn put(&self, target: &UploadTarget, chunk: Chunk) -> Result<ChunkAnswer, ChunkError> {
        self.world.api.put_chunk(target, chunk, VideoFormat::Mp4, FilePart::of(chunk)).await
    }

    async fn uploaded(&self, publish_id: &str) -> u64 {
        self.world.api.publish_status(&self.token, publish_id).await.unwrap().uploaded_bytes.unwrap()
    }

    /// Sends a file as a worker would, whatever befalls it, and returns how many requests that took.
    async fn send(&self, plan: ChunkPlan, publish_id: &str, target: &UploadTarget) -> u64 {
        let (mut received, mut requests) = (0, 0);
        while let Some(chunk) = plan.next(received) {
            requests += 1;
            received = match self.put(target, chunk).await {
                Ok(ChunkAnswer::Complete) => plan.file_size(),
                Ok(ChunkAnswer::Accepted { received }) => received,
                Ok(ChunkAnswer::OutOfStep { received: Some(received) }) => received,
                Ok(ChunkAnswer::Transient { .. }) => received,
                Err(ChunkError::Transport(_)) => self.uploaded(publish_id).await,
                other => panic!("{other:?}"),
            };
        }
        requests
    }

    /// The only post there is: what has arrived of it, and what has become of it.
    async fn assert_one_post_of(&self, size: u64) {
        let posts = self.world.remote.posts().await.unwrap();
        let [post] = posts.as_slice() else { panic!("{posts:?}") };
        assert_eq!((&post["bytes"], &post["sha256"]), (&json!(size), &json!(sha256(size))));
        assert_eq!(post["status"], "PUBLISH_COMPLETE");
    }
}

#[tokio::test]
async fn a_video_is_published_and_followed_to_its_public_id() {
    let studio = Studio::open().await;
    let info = studio.world.api.creator_info(&studio.token).await.unwrap();
    assert!(info.privacy_level_options.contains(&PrivacyLevel::PublicToEveryone));
    let plan = ChunkPlan::first(4_096).unwrap();
    let (publish_id, target) = studio.begin(plan).await;
    let waiting = studio.world.api.publish_status(&studio.token, &publish_id).await.unwrap();
    assert_eq!((waiting.status, waiting.uploaded_bytes), (PublishStatus::ProcessingUpload, Some(0)));
    assert_eq!(studio.put(&target, plan.next(0).unwrap()).await.unwrap(), ChunkAnswer::Complete);
    let posted = studio.world.api.publish_status(&studio.token, &publish_id).await.unwrap();
    assert_eq!((posted.status, posted.public_post_ids.len()), (PublishStatus::PublishComplete, 1));
    let told = &studio.world.remote.posts().await.unwrap()[0];
    assert_eq!(told["post_info"], serde_json::to_value(post()).unwrap());
    assert_eq!(told["post_ids"][0], posted.public_post_ids[0].as_str());
}
