//! Posts: taken on by the function as it's deployed, between a TikTok that only one test sees and the real tables, queue
//! and bucket.

mod accounts;
mod crashes;
mod creator;
mod files;
mod keys;
mod list;
mod shape;
mod take;
mod word;

use aws_sdk_s3::primitives::ByteStream;
use serde_json::{Value, json};
use shared::queue::publish::PublishJob;
use testkit::samples;

use crate::{
    connect::{Stage, Via},
    contract::holds,
    support::{Answer, HttpSandbox, http_event, unique},
};

const CREATOR_INFO: &str = "/v2/post/publish/creator_info/query/";
const UPLOAD: &str = "/api/{platform}/upload";

/// A user with a TikTok account and a video, and the function that takes posts on.
struct Studio {
    stage: Stage,
    account: i32,
    media: i64,
    /// Where the worker's messages go. Nobody works on it.
    queue: String,
    upload: HttpSandbox,
}

impl Studio {
    async fn open() -> Self {
        // In tables of its own: in the common ones the deployed worker would go on with what is only to be taken on here.
        let stage = Stage::alone(Via::TikTok).await;
        stage.tiktok.change_settings(&json!({ "publishing": { "enforces_rate_limits": false } })).await.unwrap();
        let account = stage.connect().await["accountId"].as_str().unwrap().parse().unwrap();
        let queue = stage.world.aws.new_queue(&format!("publish-{}", unique())).await;
        let upload = sandbox(&stage, &queue, &stage.world.stack.redis_url).await;
        Self { media: stored(&stage, stage.user).await, stage, account, queue, upload }
    }

    /// One more sandbox of the function.
    async fn another(&self) -> HttpSandbox {
        sandbox(&self.stage, &self.queue, &self.stage.world.stack.redis_url).await
    }

    /// A good post, but for the changes: members by their paths.
    fn body(&self, changes: &[(&str, Value)]) -> Value {
        let mut body = json!({
            "accountId": self.account, "mediaKind": "VIDEO", "mode": "DIRECT_POST", "source": "FILE_UPLOAD",
            "mediaId": self.media,
            "postInfo": { "title": "Morning run #fitness 🏃", "privacy_level": "PUBLIC_TO_EVERYONE",
                          "disable_comment": false, "disable_duet": false, "disable_stitch": false,
                          "video_cover_timestamp_ms": 1_500, "brand_content_toggle": false,
                          "brand_organic_toggle": false, "is_aigc": false },
        });
        for (path, value) in changes {
            match path.split_once('.') {
                Some((parent, name)) => body[parent][name] = value.clone(),
                None => body[*path] = value.clone(),
            }
        }
        body
    }

    async fn post(&self, body: &Value) -> Answer {
        self.post_as(&unique(), body).await
    }

    async fn post_as(&self, key: &str, body: &Value) -> Answer {
        called(&self.upload, self.event(body, "", Some(key))).await
    }

    /// What would be wrong: codes and fields. An upload is told the same.
    async fn problems(&self, body: &Value) -> Vec<(String, String)> {
        let told = called(&self.upload, self.event(body, "dryRun=true", None)).await;
        assert_eq!(told.status, 200, "{told:?}");
        let problems = named(&told.json()["problems"]);
        if !problems.is_empty() {
            let refused = self.post(body).await;
            assert_eq!((refused.status, refused.code().as_str()), (422, "validation_failed"));
            assert_eq!(named(&refused.json()["error"]["details"]["problems"]), problems);
        }
        problems
    }

    /// A good post, but for the changes, has exactly this problem, and nothing is written.
    async fn refuses(&self, changes: &[(&str, Value)], code: &str, field: &str) {
        let problems = self.problems(&self.body(changes)).await;
        assert_eq!(problems, [(code.to_owned(), field.to_owned())]);
        assert_eq!(self.written().await, 0);
    }

    fn event(&self, body: &Value, query: &str, key: Option<&str>) -> Value {
        let mut event = http_event("POST", "/api/tiktok/upload", &format!("POST {UPLOAD}"));
        event["rawQueryString"] = json!(query);
        event["pathParameters"] = json!({ "platform": "tiktok" });
        event["headers"]["x-correlation-id"] = json!(unique());
        event["requestContext"]["authorizer"] = authorizer(self.stage.user);
        event["body"] = json!(body.to_string());
        if let Some(key) = key {
            event["headers"]["idempotency-key"] = json!(key);
        }
        event
    }

    /// How many posts the user has.
    async fn written(&self) -> i64 {
        let sql = "SELECT count(*) FROM tiktok_posts WHERE user_id = $1";
        self.stage.world.tables.rows(sql, &[&self.stage.user]).await[0].get(0)
    }

    /// The messages that the worker was sent.
    async fn messages(&self) -> Vec<PublishJob> {
        let bodies = self.stage.world.aws.bodies(&self.queue).await;
        bodies.iter().map(|body| PublishJob::parse(body).unwrap()).collect()
    }

    /// TikTok is told how posts fare. What it has said of the creator before is known no more, as after a new login.
    async fn settings(&self, publishing: Value) {
        self.stage.tiktok.change_settings(&json!({ "publishing": publishing })).await.unwrap();
        self.set_account("granted_at = granted_at + INTERVAL '1 microsecond'").await;
    }

    /// What befalls the next question about the creator.
    async fn fault(&self, times: u64, fault: Value) {
        self.stage.tiktok.fault(CREATOR_INFO, times, &fault).await.unwrap();
    }

    /// Changes the account's row.
    async fn set_account(&self, change: &str) {
        let sql = format!("UPDATE oauth_accounts SET {change} WHERE id = $1");
        self.stage.world.tables.rows(&sql, &[&self.account]).await;
    }

    /// What became of the user's posts, as its owner sees it.
    async fn seen(&self, function: &str, path: &str, route: &str, parameters: Value) -> Answer {
        let sandbox = HttpSandbox::start(&self.stage.world, function, self.stage.settings()).await;
        read(&sandbox, self.stage.user, path, route, parameters).await
    }
}

/// Codes and fields of problems.
fn named(problems: &Value) -> Vec<(String, String)> {
    let text = |problem: &Value, name| problem[name].as_str().unwrap().to_owned();
    problems.as_array().unwrap().iter().map(|problem| (text(problem, "code"), text(problem, "field"))).collect()
}

/// Whose a request is.
fn authorizer(user: i64) -> Value {
    json!({ "lambda": { "userId": user.to_string(), "expiresAt": "4102444800" } })
}

async fn sandbox(stage: &Stage, queue: &str, redis: &str) -> HttpSandbox {
    let mut settings = stage.settings();
    settings.extend([("PUBLISH_QUEUE_URL", queue), ("REDIS_URL", redis)]);
    HttpSandbox::start(&stage.world, "upload", settings).await
}

async fn called(upload: &HttpSandbox, event: Value) -> Answer {
    let answer = upload.call(event).await;
    holds("POST", UPLOAD, &answer);
    answer
}

/// An answer of one of the functions that only read.
async fn read(sandbox: &HttpSandbox, user: i64, path: &str, route: &str, parameters: Value) -> Answer {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut event = http_event("GET", path, &format!("GET {route}"));
    event["rawQueryString"] = json!(query);
    event["pathParameters"] = parameters;
    event["requestContext"]["authorizer"] = authorizer(user);
    let answer = sandbox.call(event).await;
    holds("GET", route, &answer);
    answer
}

/// A video of this user that lies in the bucket and that nobody has looked at.
async fn stored(stage: &Stage, user: i64) -> i64 {
    let (bytes, key) = (samples::mp4(), format!("media/{user}/{}", unique()));
    let world = &stage.world;
    let bucket = world.aws.settings(&world.stack.functions["upload"]).await["MEDIA_BUCKET"].clone();
    let put = world.aws.s3.put_object().bucket(bucket).key(&key).checksum_crc32(samples::crc32(&bytes));
    put.body(ByteStream::from(bytes.clone())).send().await.unwrap();
    let sql = "INSERT INTO media_uploads (user_id, object_key, content_type, size, checksum, expires_at, delete_after)
               VALUES ($1, $2, 'video/mp4', $3, $4, now() + INTERVAL '1 hour', now() + INTERVAL '1 day') RETURNING id";
    let (size, checksum) = (bytes.len() as i64, samples::crc32(&bytes));
    world.tables.rows(sql, &[&user, &key, &size, &checksum]).await[0].get(0)
}
