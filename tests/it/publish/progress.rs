//! How far a post is, as its owner sees it.

use serde_json::{Value, json};
use shared::{
    domain::{PostId, PostStatus},
    store::{
        Database,
        publish_claims::{self, ClaimedPost},
        publish_steps::{Fence, complete_upload, progress},
    },
};
use tests::stack::aws::sdk_config;

use super::{
    Publishing,
    stage::{CHUNK, TWO_CHUNKS},
};
use crate::support::{HttpSandbox, Settings, http_event};

impl Publishing {
    /// What a worker writes with.
    pub(super) async fn database(&self) -> Database {
        let world = &self.stage.world;
        let mut settings = world.aws.settings(&world.stack.functions["publish-worker"]).await;
        settings.extend(self.settings().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        Database::load(&Settings(settings), &sdk_config(&world.stack.aws_endpoint_url)).unwrap()
    }

    /// `confirmedBytes`, as its owner is told.
    async fn confirmed(&self, posts_get: &HttpSandbox, post: i32) -> Value {
        let mut event = http_event("GET", "/api/tiktok/posts", "GET /api/{platform}/posts/{postId}");
        event["pathParameters"] = json!({ "platform": "tiktok", "postId": post.to_string() });
        event["requestContext"]["authorizer"] =
            json!({ "lambda": { "userId": self.stage.user.to_string(), "expiresAt": "4102444800" } });
        posts_get.call(event).await.json()["progress"]["confirmedBytes"].clone()
    }
}

fn fence(claimed: &ClaimedPost) -> Fence {
    Fence { post: claimed.id, lease: claimed.lease, status: PostStatus::ProcessingUpload }
}

#[tokio::test]
async fn progress_never_goes_back_however_late_an_older_worker_writes() {
    let publishing = Publishing::open().await;
    let file = publishing.file(TWO_CHUNKS).await;
    let post = publishing.post(&file).await;
    publishing.tables().run("UPDATE tiktok_posts SET status = 'PROCESSING_UPLOAD', publish_id = 'p'").await;
    let posts_get = HttpSandbox::start(&publishing.stage.world, "posts-get", publishing.stage.settings()).await;
    let database = publishing.database().await;
    let connection = database.connection().await.unwrap();
    let claim = async || publish_claims::claim(&connection, PostId(post)).await.unwrap();

    let slow = fence(&claim().await.unwrap());
    assert!(progress(&connection, slow, 1).await.unwrap());
    assert!(claim().await.is_none(), "it's in somebody's hands");
    publishing.age(post, 5).await;
    let next = fence(&claim().await.unwrap());
    assert!(progress(&connection, next, CHUNK as u64).await.unwrap());
    assert_eq!(publishing.confirmed(&posts_get, post).await, CHUNK);

    assert!(!progress(&connection, slow, 2).await.unwrap());
    assert_eq!(publishing.confirmed(&posts_get, post).await, CHUNK);
    assert!(complete_upload(&connection, next).await.unwrap());
    assert!(!progress(&connection, slow, 3).await.unwrap());
    assert!(!complete_upload(&connection, slow).await.unwrap());
    assert_eq!(publishing.confirmed(&posts_get, post).await, TWO_CHUNKS);
    // Nor does the same worker, once a webhook has told the end.
    publishing.tables().run("UPDATE tiktok_posts SET status = 'PUBLISH_COMPLETE'").await;
    assert!(!progress(&connection, next, CHUNK as u64).await.unwrap());
    assert_eq!(publishing.confirmed(&posts_get, post).await, TWO_CHUNKS);
}
