//! Posts and what became of them.

use serde_json::{Value, json};

use super::read;
use crate::support::{Answer, HttpSandbox, World, unique};

const LIST: &str = "/api/{platform}/posts";
const GET: &str = "/api/{platform}/posts/{postId}";

/// A user with a TikTok and an Instagram account, and the functions that show their posts.
struct Reader {
    world: World,
    user: i64,
    account: i32,
    list: HttpSandbox,
    get: HttpSandbox,
}

impl Reader {
    async fn open() -> Self {
        let world = World::open().await;
        let user = world.tables.user().await;
        let account = world.tables.tiktok_account(user, &unique()).await;
        let list = HttpSandbox::start(&world, "posts-list", []).await;
        let get = HttpSandbox::start(&world, "posts-get", []).await;
        Self { world, user, account, list, get }
    }

    async fn page(&self, user: i64, platform: &str, query: &str) -> Answer {
        let path = format!("/api/{platform}/posts{query}");
        read(&self.list, user, &path, LIST, json!({ "platform": platform })).await
    }

    async fn get(&self, user: i64, platform: &str, id: impl ToString) -> Answer {
        let (path, id) = (format!("/api/{platform}/posts/{}", id.to_string()), id.to_string());
        read(&self.get, user, &path, GET, json!({ "platform": platform, "postId": id })).await
    }

    async fn post(&self) -> i32 {
        self.world.tables.tiktok_post(self.user, self.account, &unique()).await
    }

    async fn run(&self, sql: &str, id: i32) {
        self.world.tables.rows(sql, &[&id]).await;
    }
}

#[tokio::test]
async fn pages_of_ones_own_posts_follow_one_another_newest_first() {
    let reader = Reader::open().await;
    let mut ids = [reader.post().await, reader.post().await, reader.post().await];
    ids.reverse();
    let (mut query, mut seen) = ("?limit=2".to_owned(), Vec::new());
    loop {
        let page = reader.page(reader.user, "tiktok", &query).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|post| post["id"].as_i64().unwrap() as i32));
        match page["nextCursor"].as_str() {
            Some(cursor) => query = format!("?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, ids);
    let refused = reader.page(reader.user, "tiktok", "?limit=0").await;
    assert_eq!(refused.json()["error"]["details"]["parameter"], "limit");
}

#[tokio::test]
async fn another_users_posts_and_the_other_platforms_are_not_shown() {
    let reader = Reader::open().await;
    let id = reader.post().await;
    let stranger = reader.world.tables.user().await;
    for (user, platform) in [(stranger, "tiktok"), (reader.user, "instagram")] {
        assert_eq!(reader.page(user, platform, "").await.json(), json!({ "items": [], "nextCursor": null }));
        assert_eq!(reader.get(user, platform, id).await.code(), "not_found");
    }
    assert_eq!(reader.get(reader.user, "tiktok", id).await.status, 200);
    assert_eq!(reader.get(reader.user, "tiktok", "07").await.status, 404);
    assert_eq!(reader.get(reader.user, "myspace", id).await.code(), "unknown_platform");
    assert_eq!(reader.page(reader.user, "myspace", "").await.code(), "unknown_platform");
}

#[tokio::test]
async fn a_published_post_has_its_ids_its_address_and_its_timeline_in_order() {
    let reader = Reader::open().await;
    let id = reader.post().await;
    let account = r#"UPDATE oauth_accounts SET metadata = '{"username": "ada.bakes"}' WHERE id = $1"#;
    reader.run(account, reader.account).await;
    let whole = "UPDATE tiktok_posts
                    SET status = 'PUBLISH_COMPLETE', title = 'Bread', total_bytes = 9, confirmed_bytes = 9 WHERE id = $1";
    reader.run(whole, id).await;
    let public = "INSERT INTO tiktok_public_posts (tiktok_post_id, post_id, is_public, said_at, created_at)
                  VALUES ($1, '7420000000000000001', FALSE, now(), now()),
                         ($1, '7420000000000000002', TRUE, now(), now() + INTERVAL '1 s')";
    reader.run(public, id).await;
    let events = "INSERT INTO post_events (tiktok_post_id, at, event, code, detail)
                  VALUES ($1, '2026-11-22 10:31:20.5+01', 'PUBLISH_COMPLETE', NULL, NULL),
                         ($1, '2026-11-22 10:30:00+01', 'QUEUED', NULL, NULL),
                         ($1, '2026-11-22 10:30:04+01', 'postponed', 'platform_unavailable', 'HTTP 503')";
    reader.run(events, id).await;
    let post = reader.get(reader.user, "tiktok", id).await.json();
    assert_eq!(post["platformPostIds"], json!(["7420000000000000001", "7420000000000000002"]));
    assert_eq!(post["permalink"], "https://www.tiktok.com/@ada.bakes/video/7420000000000000002");
    assert_eq!(post["progress"], json!({ "confirmedBytes": 9, "totalBytes": 9 }));
    let line = |at: &str, event: &str, code: Option<&str>, detail: Option<&str>| json!({ "at": at, "event": event, "code": code, "detail": detail });
    let expected = json!([
        line("2026-11-22T09:30:00Z", "QUEUED", None, None),
        line("2026-11-22T09:30:04Z", "postponed", Some("platform_unavailable"), Some("HTTP 503")),
        line("2026-11-22T09:31:20.5Z", "PUBLISH_COMPLETE", None, None),
    ]);
    assert_eq!(post["timeline"], expected);
    assert_eq!(reader.page(reader.user, "tiktok", "").await.json()["items"], json!([post]), "a list shows the same");
}

#[tokio::test]
async fn a_failed_post_says_to_a_person_why() {
    let reader = Reader::open().await;
    let id = reader.post().await;
    reader
        .run("UPDATE tiktok_posts SET status = 'FAILED', error_code = 'duration_check_failed' WHERE id = $1", id)
        .await;
    let post = reader.get(reader.user, "tiktok", id).await.json();
    assert_eq!(post["errorCode"], "duration_check_failed");
    assert!(post["errorMessage"].as_str().unwrap().contains("length"), "{post}");
}

#[tokio::test]
async fn posts_to_instagram_look_the_same() {
    let reader = Reader::open().await;
    let (login, account) = reader.world.tables.instagram_account(reader.user, &unique()).await;
    let sql =
        "INSERT INTO instagram_posts (user_id, oauth_account_id, instagram_account_id, status, media_type, caption,
                                            container_id, ig_id, permalink)
               VALUES ($1, $2, $3, 'PUBLISH_COMPLETE', 'REELS', 'Bread', $4, $4, 'https://www.instagram.com/reel/x/')
               RETURNING id";
    let rows = reader.world.tables.rows(sql, &[&reader.user, &login, &account, &unique()]).await;
    let id: i32 = rows[0].get(0);
    reader.run("INSERT INTO post_events (instagram_post_id, event) VALUES ($1, 'QUEUED')", id).await;
    let post = reader.get(reader.user, "instagram", id).await.json();
    assert_eq!((&post["title"], &post["accountId"]), (&json!("Bread"), &json!(login)));
    assert_eq!(post["platformPostIds"], json!([post["publishId"]]));
    assert_eq!((&post["permalink"], &post["progress"]), (&json!("https://www.instagram.com/reel/x/"), &Value::Null));
    assert_eq!(post["timeline"][0]["event"], "QUEUED");
    assert_eq!(reader.page(reader.user, "instagram", "").await.json()["items"], json!([post]));
}
