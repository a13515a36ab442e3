//! An account on a TikTok of its own, files in the bucket, posts in tables of their own, and workers that are told of them
//! one by one.

mod file;

use std::time::Duration;

use serde_json::{Value, json};
use shared::{domain::Platform, queue::webhooks::Delivery};
use testkit::RemoteTikTok;
use time::OffsetDateTime;

use crate::{
    connect::{Stage, Via},
    support::{FunctionSandbox, Tables, unique},
};

pub(super) use self::file::File;
use self::file::put;

/// A file that the first plan sends whole, and the second in two chunks.
pub(super) const TWO_CHUNKS: usize = 2 * 5_242_880 + 3;
/// The first bytes of its last chunk.
pub(super) const CHUNK: i64 = 5_242_880;

/// A user with an account, and where workers are told of posts.
pub(super) struct Publishing {
    pub(super) stage: Stage,
    pub(super) account: i32,
    /// Nobody works on it.
    pub(super) queue: String,
    bucket: String,
}

/// A post's row, as far as tests look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) status: String,
    pub(super) code: Option<String>,
    pub(super) confirmed: i64,
    pub(super) intent: Option<String>,
    pub(super) publish_id: Option<String>,
    /// Whether anybody will look at it again.
    pub(super) is_open: bool,
}

impl Publishing {
    /// A TikTok that works at once, and doesn't count calls.
    pub(super) async fn open() -> Self {
        let stage = Stage::alone(Via::TikTok).await;
        let told = stage.connect().await;
        let at_once = json!({ "processing_s": 0, "moderation_s": 0, "enforces_rate_limits": false,
                              "posts_per_day": 10_000, "webhooks": false });
        stage.tiktok.change_settings(&json!({ "publishing": at_once })).await.unwrap();
        let worker = stage.world.aws.settings(&stage.world.stack.functions["publish-worker"]).await;
        Self {
            account: told["accountId"].as_str().unwrap().parse().unwrap(),
            queue: stage.world.aws.new_queue(&format!("publish-{}", unique())).await,
            bucket: worker["MEDIA_BUCKET"].clone(),
            stage,
        }
    }

    pub(super) fn tiktok(&self) -> &RemoteTikTok {
        &self.stage.tiktok
    }

    pub(super) fn tiktok_url(&self) -> &str {
        let settings = self.stage.settings();
        settings.iter().find(|(name, _)| *name == "TIKTOK_API_URL").unwrap().1
    }

    pub(super) fn tables(&self) -> &Tables {
        &self.stage.world.tables
    }

    /// Changes how posts fare on TikTok.
    pub(super) async fn set(&self, publishing: Value) {
        self.tiktok().change_settings(&json!({ "publishing": publishing })).await.unwrap();
    }

    /// From now on a file of [`TWO_CHUNKS`] is sent in two chunks.
    pub(super) async fn cut_in_two(&self) {
        self.set(json!({ "refused_chunk_sizes": [TWO_CHUNKS] })).await;
    }

    /// The settings of a worker of this stage.
    pub(super) fn settings(&self) -> Vec<(&str, &str)> {
        let mut settings = self.stage.settings();
        settings.extend([("TIKTOK_UPLOAD_HOSTS", self.tiktok_url()), ("PUBLISH_QUEUE_URL", self.queue.as_str())]);
        // Workers that die leave uploads open, and nobody is to wait for them.
        settings.push(("PUBLISH_CONCURRENCY", "100"));
        settings
    }

    /// A worker in a fresh sandbox.
    pub(super) async fn worker(&self) -> FunctionSandbox {
        FunctionSandbox::start(&self.stage.world, "publish-worker", self.settings()).await
    }

    /// The only one that there is.
    pub(super) async fn lone_worker(&self) -> FunctionSandbox {
        let settings = self.settings().into_iter().chain([("PUBLISH_CONCURRENCY", "1")]);
        FunctionSandbox::start(&self.stage.world, "publish-worker", settings).await
    }

    /// One that is killed so soon after it's told of a post.
    pub(super) async fn hurried_worker(&self, deadline: Duration) -> FunctionSandbox {
        FunctionSandbox::start_within(&self.stage.world, "publish-worker", self.settings(), deadline).await
    }

    /// A webhook says this of an upload.
    pub(super) async fn webhook(&self, event: &str, mut content: Value, publish_id: &str) {
        content["publish_id"] = json!(publish_id);
        let now = OffsetDateTime::now_utc();
        let body =
            json!({ "event": event, "user_openid": "ada", "content": content, "create_time": now.unix_timestamp() });
        let (platform, body) = (Platform::TikTok, body.to_string().into_bytes());
        let delivery = Delivery { platform, received_at: now, correlation_id: None, body };
        let mut event = message(0);
        event["Records"][0]["body"] = json!(delivery.to_message());
        let settings = self.settings();
        let processor = FunctionSandbox::start(&self.stage.world, "webhook-processor", settings).await;
        let answer = processor.invoke(event).await;
        assert_eq!(answer["batchItemFailures"], json!([]));
        assert!(self.tables().rows("SELECT 1 FROM webhook_events WHERE applied_at IS NULL", &[]).await.is_empty());
    }

    /// The minute's round.
    pub(super) async fn round(&self) -> Value {
        let settings = self.settings();
        FunctionSandbox::start(&self.stage.world, "status-updater", settings).await.invoke(json!({})).await
    }

    /// A file of so many bytes, no two chunks alike.
    pub(super) async fn file(&self, size: usize) -> File {
        File::put(&self.stage.world, &self.bucket, self.stage.user, size).await
    }

    /// Puts other bytes there.
    pub(super) async fn replace(&self, file: &File) {
        put(&self.stage.world, &self.bucket, &file.key, vec![7; file.size]).await;
    }

    /// A post of this file, as the upload function writes it.
    pub(super) async fn post(&self, file: &File) -> i32 {
        self.post_with(file, json!({})).await
    }

    /// One that asks for something else.
    pub(super) async fn post_with(&self, file: &File, changes: Value) -> i32 {
        insert_post(self.tables(), self.stage.user, self.account, file, changes).await
    }

    /// Lets time pass for the post, so that its next step is due and a lease over.
    pub(super) async fn age(&self, post: i32, minutes: i32) {
        let sql = "UPDATE tiktok_posts
                      SET lease_until = lease_until - make_interval(mins => $2),
                          due_at = due_at - make_interval(mins => $2), uploaded_at = uploaded_at - make_interval(mins => $2),
                          intent_at = intent_at - make_interval(mins => $2),
                          next_attempt_at = next_attempt_at - make_interval(mins => $2)
                    WHERE id = $1";
        self.tables().rows(sql, &[&post, &minutes]).await;
    }

    pub(super) async fn row(&self, post: i32) -> Row {
        let sql = "SELECT status, error_code, confirmed_bytes, intent, publish_id, next_attempt_at IS NOT NULL
                     FROM tiktok_posts WHERE id = $1";
        let row = &self.tables().rows(sql, &[&post]).await[0];
        Row {
            status: row.get(0),
            code: row.get(1),
            confirmed: row.get(2),
            intent: row.get(3),
            publish_id: row.get(4),
            is_open: row.get(5),
        }
    }

    /// The post's timeline: each event, with its code where it has one.
    pub(super) async fn timeline(&self, post: i32) -> Vec<String> {
        let sql = "SELECT event || coalesce(' ' || code, '') FROM post_events WHERE tiktok_post_id = $1 ORDER BY id";
        self.tables().rows(sql, &[&post]).await.iter().map(|row| row.get(0)).collect()
    }

    /// The ids under which everybody can see the post.
    pub(super) async fn public_ids(&self, post: i32) -> Vec<String> {
        let sql = "SELECT post_id FROM tiktok_public_posts WHERE tiktok_post_id = $1 AND is_public ORDER BY 1";
        self.tables().rows(sql, &[&post]).await.iter().map(|row| row.get(0)).collect()
    }

    /// What TikTok has made of the post: everything that was begun under its title and has got bytes.
    pub(super) async fn made(&self, post: i32) -> Vec<Value> {
        let row = &self.tables().rows("SELECT title FROM tiktok_posts WHERE id = $1", &[&post]).await[0];
        let title: String = row.get(0);
        let posts = self.tiktok().posts().await.unwrap();
        posts.into_iter().filter(|made| made["title"] == title.as_str()).collect()
    }

    /// Tells a worker of the post, letting minutes pass in between, until it has this status.
    pub(super) async fn drive_until(&self, worker: &FunctionSandbox, post: i32, status: &str) {
        for _ in 0..10 {
            tell(worker, post).await;
            if self.row(post).await.status == status {
                return;
            }
            self.age(post, 5).await;
        }
        panic!("it never is {status}: {:?} {:?}", self.row(post).await, self.timeline(post).await);
    }

    /// Tells a worker of the post again and again, letting time pass in between, until nothing is left to do.
    pub(super) async fn drive(&self, worker: &FunctionSandbox, post: i32) {
        self.drive_for(worker, post, 10).await;
    }

    /// The same, for posts that take longer.
    pub(super) async fn drive_for(&self, worker: &FunctionSandbox, post: i32, times: usize) {
        for _ in 0..times {
            tell(worker, post).await;
            if !self.row(post).await.is_open {
                return;
            }
            self.age(post, 70).await;
        }
        panic!("the post never ends: {:?} {:?}", self.row(post).await, self.timeline(post).await);
    }
}

/// A post of this file, as the upload function writes it, with these changes of its `post_info`.
pub(super) async fn insert_post(tables: &Tables, user: i64, account: i32, file: &File, changes: Value) -> i32 {
    let mut info = json!({ "title": unique(), "privacy_level": "PUBLIC_TO_EVERYONE", "disable_comment": true,
        "disable_duet": true, "disable_stitch": true, "brand_content_toggle": false, "brand_organic_toggle": false,
        "is_aigc": false });
    changes.as_object().unwrap().iter().for_each(|(name, value)| info[name] = value.clone());
    let request = json!({ "accountId": account, "mediaKind": "VIDEO", "mode": "DIRECT_POST", "source": "FILE_UPLOAD",
        "mediaId": file.media, "postInfo": info });
    let sql = "INSERT INTO tiktok_posts (user_id, oauth_account_id, status, source, title, request_json, total_bytes,
                                         next_attempt_at, correlation_id)
               VALUES ($1, $2, 'QUEUED', 'FILE_UPLOAD', $3, $4, $5, now() + INTERVAL '1 minute', 'JKJaXmPLvHcESHA=')
               RETURNING id";
    let (title, size) = (info["title"].as_str().unwrap(), file.size as i64);
    tables.rows(sql, &[&user, &account, &title, &request, &size]).await[0].get(0)
}

/// Tells a worker of a post, once; whether it's done with the message.
pub(super) async fn tell(worker: &FunctionSandbox, post: i32) -> bool {
    let answer = worker.invoke(message(post)).await;
    answer["batchItemFailures"].as_array().unwrap().is_empty()
}

/// The event that tells of a post.
pub(super) fn message(post: i32) -> Value {
    let body = json!({ "platform": "tiktok", "postId": post, "correlationId": "JKJaXmPLvHcESHA=" }).to_string();
    json!({ "Records": [{ "messageId": "m", "receiptHandle": "r", "body": body, "attributes": {},
        "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:publish", "awsRegion": "us-east-1" }] })
}

/// TikTok has published this file once, and the row says so.
pub(super) async fn is_out(publishing: &Publishing, post: i32, file: &File) {
    let made = publishing.made(post).await;
    let out: Vec<_> = made.iter().filter(|made| made["status"] == "PUBLISH_COMPLETE").collect();
    assert_eq!(out.len(), 1, "{made:#?}");
    assert_eq!(out[0]["sha256"], file.sha256.as_str(), "the bytes are the file's");
    let row = publishing.row(post).await;
    assert_eq!((row.status.as_str(), row.code, row.is_open), ("PUBLISH_COMPLETE", None, false));
    assert_eq!(row.publish_id.as_deref(), out[0]["publish_id"].as_str());
}

/// The post has ended like this, and nothing was published.
pub(super) async fn end(publishing: &Publishing, post: i32, status: &str, code: &str) {
    let row = publishing.row(post).await;
    assert_eq!((row.status.as_str(), row.code.as_deref(), row.is_open), (status, Some(code), false));
    let made = publishing.made(post).await;
    assert!(made.iter().all(|made| made["status"] != "PUBLISH_COMPLETE"), "{made:#?}");
}
