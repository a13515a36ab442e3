//! The storm: 10,000 events, each delivered one to three times, shuffled, with processors killed in mid-batch, PostgreSQL
//! crashed and restarted, batches that share keys in opposite order, and poison among them. It ends as exactly 10,000
//! rows with their effects applied once, the poison in the dead-letter queue, and nothing else there.

use std::{collections::BTreeSet, env, path::Path};

use serde_json::{Value, json};
use shared::{domain::Platform, queue::webhooks::Delivery};
use tests::stack::control::{Order, Server, order};
use time::OffsetDateTime;

use crate::support::{Dice, Tables, World, eventually, kill_one, unique};

const POSTS: usize = 1_000; // two events each
const COMMENTS: usize = 8_000;
const COMMENTS_A_DELIVERY: usize = 50;
const POISON: usize = 8;
const KILLS: usize = 12;

#[tokio::test]
async fn a_storm_ends_as_exactly_the_rows_that_were_meant() {
    let world = World::alone().await;
    let scene = Scene::set(&world).await;
    let mut dice = Dice::new();
    let messages = scene.messages(&mut dice);
    let messages = dice.shuffled(messages);
    world.aws.purge(&world.stack.queues["webhooks-dlq"]).await;
    // A killed processor's batch comes back after seconds instead of minutes, and while another may still work on it.
    world.aws.set_visibility(&world.stack.queues["webhooks"], 8).await;

    let queue = &world.stack.queues["webhooks"];
    tokio::join!(world.aws.send(queue, &messages), scene.through_the_api(&world), havoc(&world, &scene));

    world.webhooks_processed().await;
    world.aws.set_visibility(queue, 180).await;
    // PostgreSQL's crash has cost the connection.
    let tables = Tables::open(&world.stack.database_url).await;
    scene.is_as_meant(&tables).await;
    scene.only_poison_is_dead(&world).await;
}

/// Kills a processor at every twelfth of the way, and crashes PostgreSQL at the middle.
async fn havoc(world: &World, scene: &Scene) {
    let folder = env::var("STACK_JSON").unwrap();
    let folder = Path::new(&folder).parent().unwrap();
    let processor = &world.stack.functions["webhook-processor"];
    for kill in 0..KILLS {
        // A connection of its own each time: PostgreSQL's crash costs the others.
        let tables = Tables::open(&world.stack.database_url).await;
        let due = (POSTS * 2 + COMMENTS) * kill / KILLS;
        eventually("the storm goes on", async || (scene.stored(&tables).await >= due).then_some(())).await;
        eventually("a processor to kill", async || kill_one(processor, &world.stack.aws_endpoint_url)).await;
        if kill == KILLS / 2 {
            order(folder, Order::Stop, Server::Postgres).await.unwrap();
            order(folder, Order::Start, Server::Postgres).await.unwrap();
        }
    }
}

/// What the events are about.
struct Scene {
    open_id: String,
    ig_id: String,
    media_id: String,
    posts: Vec<String>,
    first_comment: u64,
}

impl Scene {
    async fn set(world: &World) -> Self {
        let (open_id, ig_id, media_id) = (format!("-000{}", unique()), unique(), unique());
        let rule = "ALTER TABLE webhook_events DROP CONSTRAINT IF EXISTS storm,
                    ADD CONSTRAINT storm CHECK (event_type <> 'test.impossible')";
        world.tables.run(rule).await;
        let user = world.tables.user().await;
        let account = world.tables.tiktok_account(user, &open_id).await;
        let posts: Vec<String> = (0..POSTS).map(|number| format!("v_pub_file~{}.{number}", unique())).collect();
        for post in &posts {
            world.tables.tiktok_post(user, account, post).await;
        }
        let (_, account) = world.tables.instagram_account(user, &ig_id).await;
        world.tables.instagram_media(account, &media_id).await;
        Self { open_id, ig_id, media_id, posts, first_comment: unique().parse().unwrap() }
    }

    /// Every event in its deliveries, each one to three times, and the poison.
    fn messages(&self, dice: &mut Dice) -> Vec<String> {
        let mut messages = Vec::new();
        for body in self.posts.iter().flat_map(|post| self.post_events(post)) {
            messages.extend((0..dice.roll(3)).map(|_| message(Platform::TikTok, &body)));
        }
        for delivery in 0..COMMENTS / COMMENTS_A_DELIVERY {
            let mut comments = self.comments(delivery);
            for _ in 0..dice.roll(3) {
                messages.push(message(Platform::Instagram, &self.delivery(&comments)));
                comments.reverse();
            }
        }
        messages.extend((0..POISON / 2).map(|number| format!("no delivery at all {number}")));
        messages.extend((0..POISON / 2).map(|number| self.impossible(number)));
        messages
    }

    fn post_events(&self, publish_id: &str) -> [Value; 2] {
        let event = |event: &str, content: Value| {
            json!({ "client_key": "aw", "event": event, "create_time": 1_793_462_400, "user_openid": self.open_id,
                    "content": content.to_string() })
        };
        [
            event("post.publish.complete", json!({ "publish_id": publish_id })),
            event("post.publish.publicly_available", json!({ "publish_id": publish_id, "post_id": publish_id })),
        ]
    }

    fn comments(&self, delivery: usize) -> Vec<Value> {
        let comment = |number: usize| {
            let id = (self.first_comment + number as u64).to_string();
            json!({ "field": "comments", "value": {
                "id": id, "text": format!("comment {id} 😀"), "from": { "id": "1", "username": "ada" },
                "media": { "id": self.media_id } } })
        };
        (delivery * COMMENTS_A_DELIVERY..(delivery + 1) * COMMENTS_A_DELIVERY).map(comment).collect()
    }

    fn delivery(&self, comments: &[Value]) -> Value {
        json!({ "object": "instagram", "entry": [{ "id": self.ig_id, "time": 1, "changes": comments }] })
    }

    /// An event that a rule of the tables forbids: no retry will ever store it.
    fn impossible(&self, number: usize) -> String {
        let body = json!({ "event": "test.impossible", "create_time": number, "user_openid": self.open_id,
                           "content": "{}" });
        message(Platform::TikTok, &body)
    }

    /// Some of it comes the whole way as well, from the platforms through the public address.
    async fn through_the_api(&self, world: &World) {
        for delivery in 0..10 {
            let entry = json!([{ "id": self.ig_id, "changes": self.comments(delivery) }]);
            assert_eq!(world.platforms.instagram_event(entry, 2).await, [200, 200]);
        }
    }

    /// How many of the events are in the tables.
    async fn stored(&self, tables: &Tables) -> usize {
        let sql = "SELECT count(*) FROM webhook_events WHERE subject_id IN ($1, $2) AND event_type <> 'poison'";
        tables.rows(sql, &[&self.open_id, &self.ig_id]).await[0].get::<_, i64>(0) as usize
    }

    async fn is_as_meant(&self, tables: &Tables) {
        let count =
            async |sql: &str, parameter: &str| tables.rows(sql, &[&parameter]).await[0].get::<_, i64>(0) as usize;
        let events = "SELECT count(*) FROM webhook_events
                       WHERE subject_id = $1 AND applied_at IS NOT NULL AND event_type <> 'poison'";
        assert_eq!(count(events, &self.open_id).await, POSTS * 2);
        assert_eq!(count(events, &self.ig_id).await, COMMENTS);
        let posts = "SELECT count(*) FROM tiktok_posts p JOIN oauth_accounts a ON a.id = p.oauth_account_id
                      WHERE a.open_id = $1 AND p.status = 'PUBLISH_COMPLETE'";
        assert_eq!(count(posts, &self.open_id).await, POSTS);
        let moves = "SELECT count(*) FROM post_events e JOIN tiktok_posts p ON p.id = e.tiktok_post_id
                       JOIN oauth_accounts a ON a.id = p.oauth_account_id WHERE a.open_id = $1";
        assert_eq!(count(moves, &self.open_id).await, POSTS, "each post moved once");
        let public = "SELECT count(*) FROM tiktok_public_posts u JOIN tiktok_posts p ON p.id = u.tiktok_post_id
                        JOIN oauth_accounts a ON a.id = p.oauth_account_id WHERE a.open_id = $1 AND u.is_public";
        assert_eq!(count(public, &self.open_id).await, POSTS);
        let comments = "SELECT count(*) FROM ig_comments c JOIN ig_media m ON m.id = c.ig_media_id
                         WHERE m.ig_id = $1 AND c.text = 'comment ' || c.ig_id || ' 😀' AND c.edited_at IS NULL";
        assert_eq!(count(comments, &self.media_id).await, COMMENTS);
    }

    async fn only_poison_is_dead(&self, world: &World) {
        let dead = world.aws.bodies(&world.stack.queues["webhooks-dlq"]).await;
        let is_poison = |body: &String| body.starts_with("no delivery at all") || self.is_impossible(body);
        assert!(dead.iter().all(is_poison), "{dead:?}");
        let distinct: BTreeSet<_> = dead.iter().collect();
        assert_eq!(distinct.len(), POISON, "{dead:?}");
    }

    fn is_impossible(&self, body: &str) -> bool {
        (0..POISON / 2).any(|number| {
            let meant = Delivery::parse(&self.impossible(number)).unwrap();
            Delivery::parse(body).is_some_and(|delivery| delivery.body == meant.body)
        })
    }
}

fn message(platform: Platform, body: &Value) -> String {
    let (received_at, body) = (OffsetDateTime::now_utc(), body.to_string().into_bytes());
    Delivery { platform, received_at, correlation_id: None, body }.to_message()
}
