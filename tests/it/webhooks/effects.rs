//! What each kind of event does to the tables, whatever its order, age or company.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::support::{Answer, World, eventually, unique};

#[tokio::test]
async fn a_status_never_moves_backwards() {
    let world = World::open().await;
    let post = TikTokPost::new(&world).await;
    world.tables.rows("UPDATE tiktok_posts SET mode = 'MEDIA_UPLOAD' WHERE id = $1", &[&post.id]).await;
    for (event, more, second) in [
        ("post.publish.inbox_delivered", json!({}), 0),
        ("post.publish.complete", json!({}), 0),
        ("post.publish.failed", json!({ "reason": "internal" }), 0),
        ("post.publish.inbox_delivered", json!({}), 60),
    ] {
        post.event(&world, event, more, second).await;
        world.webhooks_processed().await;
    }
    let row = &world.tables.rows("SELECT status, error_code FROM tiktok_posts WHERE id = $1", &[&post.id]).await[0];
    assert_eq!((row.get::<_, &str>(0), row.get::<_, Option<&str>>(1)), ("PUBLISH_COMPLETE", None));
    let timeline = "SELECT event FROM post_events WHERE tiktok_post_id = $1 ORDER BY id";
    let timeline: Vec<String> = world.tables.rows(timeline, &[&post.id]).await.iter().map(|row| row.get(0)).collect();
    assert_eq!(timeline, ["SEND_TO_USER_INBOX", "PUBLISH_COMPLETE"]);
}

#[tokio::test]
async fn what_is_posted_directly_passes_through_no_inbox() {
    let world = World::open().await;
    let post = TikTokPost::new(&world).await;
    post.event(&world, "post.publish.inbox_delivered", json!({}), 0).await;
    world.webhooks_processed().await;
    let row = &world.tables.rows("SELECT status FROM tiktok_posts WHERE id = $1", &[&post.id]).await[0];
    assert_eq!(row.get::<_, &str>(0), "PROCESSING_UPLOAD");
}

#[tokio::test]
async fn a_failure_keeps_its_reason() {
    let world = World::open().await;
    let post = TikTokPost::new(&world).await;
    post.event(&world, "post.publish.failed", json!({ "reason": "frame_rate_check_failed" }), 0).await;
    world.webhooks_processed().await;
    let row = &world.tables.rows("SELECT status, error_code FROM tiktok_posts WHERE id = $1", &[&post.id]).await[0];
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("FAILED", "frame_rate_check_failed"));
}

#[tokio::test]
async fn each_public_post_of_a_draft_has_its_own_visibility_and_the_latest_word_counts() {
    let world = World::open().await;
    let post = TikTokPost::new(&world).await;
    let (one, two) = (unique(), unique());
    let (public, gone) = ("post.publish.publicly_available", "post.publish.no_longer_publicaly_available");
    for (event, id, second) in [(gone, &one, 20), (public, &one, 10), (public, &two, 10), (public, &one, 11)] {
        post.event(&world, event, json!({ "post_id": id }), second).await;
        world.webhooks_processed().await;
    }
    let sql = "SELECT post_id, is_public FROM tiktok_public_posts WHERE tiktok_post_id = $1 ORDER BY post_id";
    let rows = world.tables.rows(sql, &[&post.id]).await;
    let found: Vec<(String, bool)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(found, [(one, false), (two, true)]);
}

#[tokio::test]
async fn a_removed_authorization_shreds_the_tokens_unless_the_account_was_connected_again() {
    let world = World::open().await;
    let post = TikTokPost::new(&world).await;
    let account = "SELECT status, status_reason, access_token_encrypted IS NULL FROM oauth_accounts WHERE open_id = $1";

    post.event(&world, "authorization.removed", json!({ "reason": 1 }), -3600).await;
    world.webhooks_processed().await;
    let row = &world.tables.rows(account, &[&post.open_id]).await[0];
    assert_eq!((row.get::<_, &str>(0), row.get::<_, bool>(2)), ("active", false), "it is older than the grant");

    post.event(&world, "authorization.removed", json!({ "reason": 4 }), 3600).await;
    world.webhooks_processed().await;
    let row = &world.tables.rows(account, &[&post.open_id]).await[0];
    let expected = ("revoked", Some("account_banned"), true);
    assert_eq!((row.get::<_, &str>(0), row.get::<_, Option<&str>>(1), row.get::<_, bool>(2)), expected);
    let audit = "SELECT event, code FROM auth_audit_log WHERE user_id = $1";
    let audit = world.tables.rows(audit, &[&post.user]).await;
    assert_eq!(audit.len(), 1);
    assert_eq!(audit[0].get::<_, &str>(1), "account_banned");
}

#[tokio::test]
async fn a_public_post_without_a_time_was_public_when_the_word_came_in() {
    let world = World::open().await;
    let (post, public_id) = (TikTokPost::new(&world).await, unique());
    let content = json!({ "publish_id": post.publish_id, "post_id": public_id });
    let event = json!({
        "event": "post.publish.publicly_available", "user_openid": post.open_id, "content": content,
        "create_time": "soon",
    });
    assert_eq!(world.platforms.tiktok_event(event).await, [200]);
    let sql = "SELECT is_public FROM tiktok_public_posts WHERE post_id = $1";
    let row = eventually("it is public", async || world.tables.rows(sql, &[&public_id]).await.pop()).await;
    assert!(row.get::<_, bool>(0));
}

#[tokio::test]
async fn a_removal_that_does_not_say_when_is_stored_with_an_error_and_takes_nothing_away() {
    let world = World::open().await;
    let post = TikTokPost::new(&world).await;
    let event = json!({
        "event": "authorization.removed", "user_openid": post.open_id, "content": { "reason": 1 }, "create_time": "",
    });
    assert_eq!(world.platforms.tiktok_event(event).await, [200]);
    let sql = "SELECT 1 FROM webhook_events WHERE subject_id = $1 AND error_message IS NOT NULL";
    eventually("it is stored", async || world.tables.rows(sql, &[&post.open_id]).await.pop()).await;
    let sql = "SELECT status FROM oauth_accounts WHERE open_id = $1";
    assert_eq!(world.tables.rows(sql, &[&post.open_id]).await[0].get::<_, &str>(0), "active");
}

#[tokio::test]
async fn an_edited_comment_keeps_its_row_and_a_reply_names_its_parent() {
    let world = World::open().await;
    let media = InstagramMedia::new(&world).await;
    let (comment, reply) = (unique(), unique());
    for value in [
        media.comment(&comment, json!({ "text": "helo" })),
        media.comment(&comment, json!({ "text": "hello" })),
        media.comment(&reply, json!({ "text": "hi", "parent_id": comment })),
    ] {
        world.platforms.instagram_event(media.entry(vec![value]), 1).await;
        world.webhooks_processed().await;
    }
    let sql =
        "SELECT ig_id, text, parent_ig_id, edited_at IS NOT NULL FROM ig_comments WHERE ig_media_id = $1 ORDER BY id";
    let rows = world.tables.rows(sql, &[&media.id]).await;
    let found: Vec<(String, String, Option<String>, bool)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
    let expected = [(comment.clone(), "hello".to_owned(), None, true), (reply, "hi".to_owned(), Some(comment), false)];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn what_nobody_acts_on_is_stored_and_malformed_changes_do_not_cost_their_neighbours() {
    let world = World::open().await;
    let media = InstagramMedia::new(&world).await;
    let comment = unique();
    let changes = vec![
        json!(7),
        json!({ "field": "mentions", "value": { "media_id": unique() } }),
        media.comment(&comment, json!({ "text": "between" })),
        json!({ "value": {} }),
        json!({ "field": "story_insights", "value": { "media_id": unique(), "reach": -1 } }),
        json!({ "field": "a_field_of_next_year", "value": { "x": 1e300 } }),
        media.comment(&"9".repeat(300), json!({ "text": "an id that no column holds" })),
    ];
    world.platforms.instagram_event(media.entry(changes), 2).await;
    world.webhooks_processed().await;
    let sql =
        "SELECT event_type FROM webhook_events WHERE subject_id = $1 AND applied_at IS NOT NULL ORDER BY event_type";
    let types: Vec<String> = world.tables.rows(sql, &[&media.ig_id]).await.iter().map(|row| row.get(0)).collect();
    let expected = [
        "a_field_of_next_year",
        "comments",
        "comments",
        "malformed_change",
        "malformed_change",
        "mentions",
        "story_insights",
    ];
    assert_eq!(types, expected);
    assert_eq!(world.tables.rows("SELECT 1 FROM ig_comments WHERE ig_id = $1", &[&comment]).await.len(), 1);
}

#[tokio::test]
async fn what_jsonb_cannot_hold_costs_nothing_but_its_own_column() {
    let world = World::open().await;
    let media = InstagramMedia::new(&world).await;
    let comments: Vec<_> = (0..4).map(|_| unique()).collect();
    let raw = |id: &str, more: &str| {
        let value = format!(r#""id":"{id}","text":"t","media":{{"id":"{}"}}"#, media.media_id);
        format!(r#"{{"field":"comments","value":{{{value}{more}}}}}"#)
    };
    let deep = format!(r#","x":{}{}"#, "[".repeat(10_000), "]".repeat(10_000));
    let odd =
        [raw(&comments[0], r#","x":1e-20000"#), raw(&comments[1], r#","x":"\u0000\ud800""#), raw(&comments[2], &deep)];
    let changes = [odd.as_slice(), &[raw(&comments[3], "")]].concat().join(",");
    let body = format!(r#"{{"object":"instagram","entry":[7,{{"id":"{}","changes":[{changes}]}}]}}"#, media.ig_id);
    let signature = testkit::meta::sign(&world.stack.secrets.meta.app_secret, &body);
    let request = world.api.request(reqwest::Method::POST, "/api/webhooks/instagram");
    let answer = Answer::of(request.header("x-hub-signature-256", signature).body(body)).await;
    assert_eq!(answer.status, 200);
    world.webhooks_processed().await;
    let sql = "SELECT count(*) FROM ig_comments WHERE ig_media_id = $1";
    assert_eq!(world.tables.rows(sql, &[&media.id]).await[0].get::<_, i64>(0), 4);
    let sql = "SELECT count(*) FROM webhook_events WHERE subject_id = $1 AND payload_raw IS NOT NULL";
    assert_eq!(world.tables.rows(sql, &[&media.ig_id]).await[0].get::<_, i64>(0), 3);
}

#[tokio::test]
async fn a_delivery_of_megabytes_is_cut_into_messages_and_arrives_whole() {
    let world = World::open().await;
    let media = InstagramMedia::new(&world).await;
    let first: u64 = unique().parse().unwrap();
    let text = "Lorem ipsum dolor sit amet, ☕. ".repeat(60);
    let comments = (0..1000).map(|number| media.comment(&(first + number).to_string(), json!({ "text": text })));
    assert_eq!(world.platforms.instagram_event(media.entry(comments.collect()), 1).await, [200]);
    world.webhooks_processed().await;
    let sql = "SELECT count(*), count(*) FILTER (WHERE text = $2) FROM ig_comments WHERE ig_media_id = $1";
    let row = &world.tables.rows(sql, &[&media.id, &text]).await[0];
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1000, 1000));
}

/// A post on its way, with its account.
struct TikTokPost {
    user: i64,
    id: i32,
    open_id: String,
    publish_id: String,
}

impl TikTokPost {
    async fn new(world: &World) -> Self {
        let (open_id, publish_id) = (format!("-000{}", unique()), format!("v_pub_file~{}", unique()));
        let user = world.tables.user().await;
        let account = world.tables.tiktok_account(user, &open_id).await;
        let id = world.tables.tiktok_post(user, account, &publish_id).await;
        Self { user, id, open_id, publish_id }
    }

    /// TikTok says something of it that happened so many seconds from now.
    async fn event(&self, world: &World, event: &str, mut content: Value, seconds: i64) {
        content["publish_id"] = json!(self.publish_id);
        let at = OffsetDateTime::now_utc() + Duration::seconds(seconds);
        let event = json!({
            "event": event, "user_openid": self.open_id, "content": content, "create_time": at.unix_timestamp(),
        });
        assert_eq!(world.platforms.tiktok_event(event).await, [200]);
    }
}

/// Media that can be commented, with its account.
struct InstagramMedia {
    ig_id: String,
    id: i32,
    media_id: String,
}

impl InstagramMedia {
    async fn new(world: &World) -> Self {
        let (ig_id, media_id) = (unique(), unique());
        let user = world.tables.user().await;
        let (_, account) = world.tables.instagram_account(user, &ig_id).await;
        let id = world.tables.instagram_media(account, &media_id).await;
        Self { ig_id, id, media_id }
    }

    fn entry(&self, changes: Vec<Value>) -> Value {
        json!([{ "id": self.ig_id, "changes": changes }])
    }

    fn comment(&self, id: &str, mut value: Value) -> Value {
        value["id"] = json!(id);
        value["media"] = json!({ "id": self.media_id });
        value["from"] = json!({ "id": "990000000000001", "username": "ada" });
        json!({ "field": "comments", "value": value })
    }
}
