//! TikTok takes a grant back by a living token only.

use serde_json::json;
use shared::services::disconnect::retry_pending;
use tokio::time::{Duration, Instant};

use super::revoked;
use crate::support::{World, eventually, unique};

const REVOKE: &str = "/v2/oauth/revoke/";
const TOKEN: &str = "/v2/oauth/token/";

#[tokio::test]
async fn a_token_past_its_end_is_renewed_before_it_is_given_back() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let before = world.living().await;
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    let sql = "UPDATE oauth_accounts SET expires_at = now() - INTERVAL '1 minute' WHERE id = $1";
    world.tables.rows(sql, &[&id]).await;
    let calls = async |path| world.platforms.tiktok.calls_to(path).await.unwrap();
    let (renewed, told) = (calls(TOKEN).await, calls(REVOKE).await);

    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), true);

    assert_eq!((calls(TOKEN).await, calls(REVOKE).await), (renewed + 1, told + 1), "the ended one isn't sent");
    assert!(world.living().await.is_subset(&before));
}

#[tokio::test]
async fn a_token_that_turns_out_dead_is_renewed_and_kept_before_it_is_used() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let before = world.living().await;
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    let tiktok = &world.platforms.tiktok;
    tiktok.fault(REVOKE, 1, &json!({ "refuse": "invalid_grant" })).await.unwrap();
    tiktok.fault(REVOKE, 1, &json!({ "status": 503 })).await.unwrap();

    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");

    let renewed = tiktok.calls_to(TOKEN).await.unwrap();
    let sql = "SELECT access_expires_at > now() FROM pending_revocations WHERE oauth_account_id = $1";
    assert!(world.tables.rows(sql, &[&id]).await[0].get::<_, bool>(0));
    world.now_due(id).await;
    world.retry().await;
    assert!(world.waiting(id).await.is_empty());
    assert_eq!(tiktok.calls_to(TOKEN).await.unwrap(), renewed, "the kept pair was used");
    assert!(world.living().await.is_subset(&before));
}

#[tokio::test]
async fn a_grant_that_the_person_has_taken_back_is_gone_already() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let person = world.tiktok_person().await;
    let id = world.connect_tiktok(user, &person).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "status": 503 })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    world.platforms.tiktok.remove_app(&person).await.unwrap();
    world.now_due(id).await;
    world.retry().await;
    assert!(world.waiting(id).await.is_empty());
}

#[tokio::test]
async fn a_renewal_that_fails_for_a_while_leaves_the_old_pair() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    let sql = "UPDATE oauth_accounts SET expires_at = now() WHERE id = $1";
    world.tables.rows(sql, &[&id]).await;
    world.platforms.tiktok.fault(TOKEN, 1, &json!({ "status": 503 })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    world.now_due(id).await;
    world.retry().await;
    assert!(world.waiting(id).await.is_empty());
}

#[tokio::test]
async fn a_new_pair_that_got_lost_on_its_way_is_no_revocation() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    let sql = "UPDATE oauth_accounts SET expires_at = now() - INTERVAL '1 minute' WHERE id = $1";
    world.tables.rows(sql, &[&id]).await;
    world.platforms.tiktok.fault(TOKEN, 1, &json!({ "lose_answer": true })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    world.now_due(id).await;
    world.retry().await;
    let waiting = world.waiting(id).await;
    assert_eq!((waiting.len(), waiting[0].2.as_deref()), (1, Some("invalid_grant")));
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
}

#[tokio::test]
async fn a_secret_of_ours_that_was_rotated_is_read_anew_as_soon_as_the_platform_refuses_the_old_one() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let before = world.living().await;
    let app = &world.stack.secrets.tiktok;
    let secret = |word: &str| json!({ "clientKey": app.client_key, "clientSecret": word });
    let secret_id = world.aws.new_secret(&format!("own-{}", unique()), &secret("the one before")).await;
    let revoker = world.revoker(&[("TIKTOK_SECRET_ID", &secret_id)]).await;
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "status": 503 })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    let retry = async || {
        world.now_due(id).await;
        retry_pending(&revoker, Instant::now() + Duration::from_secs(60)).await.unwrap();
    };
    retry().await;
    let why = world.waiting(id).await.pop().unwrap().2;
    assert_eq!(why.as_deref(), Some("invalid_client"), "its copy is made");
    world.aws.put_secret(&secret_id, &secret(&app.client_secret)).await;
    eventually("the new secret is read", async || {
        retry().await;
        world.waiting(id).await.is_empty().then_some(())
    })
    .await;
    assert!(world.living().await.is_subset(&before));
}
