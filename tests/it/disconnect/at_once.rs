//! Platforms that answer: nothing lives on, there or here.

use serde_json::json;

use super::revoked;
use crate::support::{AwsLine, HttpSandbox, World, http_event};

#[tokio::test]
async fn a_tiktok_account_leaves_no_living_token_behind() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let person = world.tiktok_person().await;
    let before = world.living().await;
    let id = world.connect_tiktok(user, &person).await;
    assert!(!world.living().await.is_subset(&before));

    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), true);

    assert!(world.living().await.is_subset(&before));
    assert!(world.waiting(id).await.is_empty());
    world.assert_shredded(id, "disconnected").await;
    assert_eq!(world.audited(id, "disconnected", "success").await, 1);
}

#[tokio::test]
async fn a_facebook_login_loses_its_subscriptions_and_then_its_grant() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let person = world.meta_person().await;
    let before = world.living().await;
    let id = world.connect_facebook(user, &person).await;
    let calls = async |path: &str| world.platforms.meta.calls_to(path).await.unwrap();
    let (subscription, grant) =
        (format!("/v26.0/{}/subscribed_apps", person.page), format!("/v26.0/{}/permissions", person.id));
    let subscribed = calls(&subscription).await;

    assert_eq!(revoked(&world.disconnect(user, "instagram", id).await), true);

    assert!(calls(&subscription).await > subscribed);
    assert_eq!(calls(&grant).await, 1);
    assert!(world.living().await.is_subset(&before));
    assert!(world.waiting(id).await.is_empty());
    world.assert_shredded(id, "disconnected").await;
}

#[tokio::test]
async fn an_instagram_login_is_unsubscribed_and_shredded() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let person = world.meta_person().await;
    let id = world.connect_instagram(user, &person).await;
    world.aws.drained(&world.stack.queues["subscriptions"]).await;
    let calls = async || world.platforms.meta.calls_to("/v26.0/me/subscribed_apps").await.unwrap();
    let before = calls().await;

    assert_eq!(revoked(&world.disconnect(user, "instagram", id).await), true);

    assert_eq!(calls().await, before + 1);
    assert!(world.waiting(id).await.is_empty(), "no way is documented to give the grant back");
    world.assert_shredded(id, "disconnected").await;
}

#[tokio::test]
async fn nobody_disconnects_the_account_of_another_user_or_one_that_is_none() {
    let world = World::open().await;
    let [ada, grace] = [&world.stack.users[0], &world.stack.users[1]];
    let id = world.connect_tiktok(ada, &world.tiktok_person().await).await;
    for (platform, id) in [("tiktok", id), ("instagram", id), ("tiktok", i32::MAX), ("tiktok", 0), ("tiktok", -1)] {
        let answer = world.disconnect(grace, platform, id).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{platform} {id}");
    }
    assert_eq!(world.disconnect(ada, "instagram", id).await.status, 404, "of another platform");
    let sql = "SELECT 1 FROM oauth_accounts WHERE id = $1 AND status = 'active'";
    assert_eq!(world.tables.rows(sql, &[&id]).await.len(), 1);
}

#[tokio::test]
async fn disconnecting_again_changes_nothing() {
    let world = World::open().await;
    let user = &world.stack.users[0];
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    for _ in 0..2 {
        assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), true);
    }
    assert_eq!(world.audited(id, "disconnected", "success").await, 1);
}

#[tokio::test]
async fn of_two_at_once_one_disconnects_and_both_are_told_how_far_it_is() {
    let world = World::open().await;
    let user = &world.stack.users[0];
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    let (one, other) = tokio::join!(world.disconnect(user, "tiktok", id), world.disconnect(user, "tiktok", id));
    for answer in [one, other] {
        assert!([json!(true), json!("pending")].contains(&revoked(&answer)), "{answer:?}");
    }
    assert_eq!(world.audited(id, "disconnected", "success").await, 1);
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), true);
}

#[tokio::test]
async fn without_the_key_the_account_is_disconnected_all_the_same() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    let line = AwsLine::before(&world.stack.aws_endpoint_url).await;
    line.refuse_after(0, "Decrypt");
    let function = HttpSandbox::start(&world, "auth-disconnect", [("AWS_ENDPOINT_URL", line.url())]).await;
    let path = format!("/api/auth/tiktok/{id}");
    let mut event = http_event("DELETE", &path, "DELETE /api/auth/{platform}/{accountId}");
    event["pathParameters"] = json!({ "platform": "tiktok", "accountId": id.to_string() });
    event["requestContext"]["authorizer"] =
        json!({ "lambda": { "userId": user.id.to_string(), "expiresAt": "4102444800" } });

    assert_eq!(revoked(&function.call(event).await), "pending");

    world.assert_shredded(id, "disconnected").await;
    assert_eq!(world.waiting(id).await, [("grant".to_owned(), 1, Some("service_unavailable".to_owned()), true)]);
    world.now_due(id).await;
    assert!(world.retry().await.confirmed >= 1);
    assert!(world.waiting(id).await.is_empty());
}
