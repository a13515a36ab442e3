//! What a platform is told when: subscriptions before grants, nothing while the person consents anew, and no platform waits
//! for the other.

use serde_json::json;
use shared::services::disconnect::retry_pending;
use tokio::time::{Duration, Instant};

use super::revoked;
use crate::support::{World, eventually};

const REVOKE: &str = "/v2/oauth/revoke/";

#[tokio::test]
async fn a_grant_waits_until_its_subscriptions_were_tried_and_no_longer() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let person = world.meta_person().await;
    let id = world.connect_facebook(user, &person).await;
    world.aws.drained(&world.stack.queues["subscriptions"]).await;
    let [page, grant] =
        [format!("/v26.0/{}/subscribed_apps", person.page), format!("/v26.0/{}/permissions", person.id)];
    for path in [&page, &grant] {
        world.platforms.meta.fault(path, 1, &json!({ "status": 503 })).await.unwrap();
    }
    assert_eq!(revoked(&world.disconnect(user, "instagram", id).await), "pending");
    let untried =
        "UPDATE pending_revocations SET next_attempt_at = now(), error_code = NULL WHERE oauth_account_id = $1";
    world.tables.rows(untried, &[&id]).await;
    let calls = async |path: &str| world.platforms.meta.calls_to(path).await.unwrap();
    let (subscription, told) = (calls(&page).await, calls(&grant).await);
    world.platforms.meta.fault(&page, 1, &json!({ "latency_ms": 60_000 })).await.unwrap();
    let meanwhile = async {
        eventually("the subscription is being ended", async || (calls(&page).await > subscription).then_some(())).await;
        calls(&grant).await
    };
    let (_, meanwhile) = tokio::join!(world.retry(), meanwhile);
    assert_eq!((meanwhile, calls(&grant).await), (told, told + 1));
    let why = Some("platform_unavailable".to_owned());
    assert_eq!(world.waiting(id).await, [("subscription".to_owned(), 2, why, true)]);
}

#[tokio::test]
async fn while_the_person_consents_anew_nothing_ends_the_grant() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let person = world.tiktok_person().await;
    let id = world.connect_tiktok(user, &person).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "status": 503 })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    world.now_due(id).await;
    let told = world.platforms.tiktok.calls_to(REVOKE).await.unwrap();

    world.start(user, "tiktok").await;
    world.retry().await;

    assert_eq!(world.platforms.tiktok.calls_to(REVOKE).await.unwrap(), told);
    assert_eq!(world.waiting(id).await.len(), 1);
    world.now_due(id).await;
    world.start(user, "instagram").await;
    world.start(&world.stack.users[1], "tiktok").await;
    world.retry().await;
    assert!(world.waiting(id).await.is_empty(), "other logins hold nothing up");
}

#[tokio::test]
async fn a_platform_that_hangs_does_not_hold_up_the_other() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    world.retry().await;
    let tiktok = world.connect_tiktok(user, &world.tiktok_person().await).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "status": 503 })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", tiktok).await), "pending");
    let person = world.meta_person().await;
    let meta = world.connect_facebook(user, &person).await;
    let grant = format!("/v26.0/{}/permissions", person.id);
    world.platforms.meta.fault(&grant, 1, &json!({ "status": 503 })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "instagram", meta).await), "pending");
    let more = "INSERT INTO pending_revocations (user_id, oauth_account_id, provider, open_id, access_token_encrypted)
                SELECT user_id, oauth_account_id, provider, open_id, access_token_encrypted
                  FROM pending_revocations, generate_series(1, 5) WHERE oauth_account_id = $1";
    world.tables.rows(more, &[&tiktok]).await;
    for id in [tiktok, meta] {
        world.now_due(id).await;
    }
    world.platforms.tiktok.fault(REVOKE, 6, &json!({ "latency_ms": 60_000 })).await.unwrap();

    // Time to begin, and none for a second call where the first hangs.
    let until = Instant::now() + Duration::from_secs(3);
    retry_pending(&world.revoker(&[]).await, until).await.unwrap();

    assert!(world.waiting(meta).await.is_empty());
    assert_eq!(world.waiting(tiktok).await.len(), 6);
    world.platforms.tiktok.forget_faults().await.unwrap();
    world.now_due(tiktok).await;
    world.retry().await;
}
