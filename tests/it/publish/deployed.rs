//! As it's deployed: a message in the queue, and a post on TikTok.

use serde_json::json;
use shared::{
    domain::{Platform, PostId},
    queue::publish::PublishJob,
};

use super::stage::{File, insert_post};
use crate::support::{World, eventually};

#[tokio::test]
async fn a_message_in_the_queue_becomes_a_post_that_everybody_can_see() {
    let world = World::open().await;
    let (user, person) = (&world.stack.users[0], world.tiktok_person().await);
    let account = world.connect_tiktok(user, &person).await;
    let bucket = &world.aws.settings(&world.stack.functions["publish-worker"]).await["MEDIA_BUCKET"];
    let file = File::put(&world, bucket, user.id, 1_000).await;
    let post = insert_post(&world.tables, user.id, account, &file, json!({})).await;
    let job = PublishJob { platform: Platform::TikTok, post_id: PostId(post), correlation_id: None };
    world.aws.send(&world.stack.queues["publish"], &[job.to_message()]).await;

    let sql = "SELECT u.post_id FROM tiktok_posts p JOIN tiktok_public_posts u ON u.tiktok_post_id = p.id
                WHERE p.id = $1 AND p.status = 'PUBLISH_COMPLETE' AND p.next_attempt_at IS NULL";
    let id: String = eventually("the post is out, and settled", async || {
        world.tables.rows(sql, &[&post]).await.first().map(|row| row.get(0))
    })
    .await;
    let made = world.platforms.tiktok.posts().await.unwrap();
    let made: Vec<_> = made.iter().filter(|made| made["person"] == person.as_str()).collect();
    assert_eq!((made.len(), &made[0]["sha256"]), (1, &json!(file.sha256)));
    assert_eq!(made[0]["post_ids"], json!([id]));
}
