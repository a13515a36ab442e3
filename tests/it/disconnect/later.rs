//! Platforms that don't answer: they are told later, and not for ever.

use serde_json::json;
use shared::{
    domain::{AccountId, Platform, UserId, Visitor},
    services::disconnect::Disconnect,
    store::pending_revocations::{Due, confirm, postpone, take_due},
};

use super::revoked;
use crate::support::{FunctionSandbox, MetaPerson, World, eventually};

const REVOKE: &str = "/v2/oauth/revoke/";

#[tokio::test]
async fn a_platform_that_is_away_is_told_when_it_is_back() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let before = world.living().await;
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    world.platforms.tiktok.fault(REVOKE, 2, &json!({ "status": 503 })).await.unwrap();

    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    world.assert_shredded(id, "disconnected").await;
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending", "still");
    let why = Some("platform_internal_error".to_owned());
    assert_eq!(world.waiting(id).await, [("grant".to_owned(), 1, why.clone(), true)]);

    world.now_due(id).await;
    world.retry().await;
    assert_eq!(world.waiting(id).await, [("grant".to_owned(), 2, why, true)]);
    world.now_due(id).await;
    world.retry().await;
    assert!(world.waiting(id).await.is_empty());
    assert!(world.living().await.is_subset(&before));
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), true);
}

#[tokio::test]
async fn a_platform_that_hangs_does_not_keep_the_person_waiting() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "latency_ms": 60_000 })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    let why = Some("platform_unavailable".to_owned());
    assert_eq!(world.waiting(id).await, [("grant".to_owned(), 1, why, true)]);
    world.now_due(id).await;
    world.retry().await;
    assert!(world.waiting(id).await.is_empty());
}

#[tokio::test]
async fn two_rounds_at_once_tell_the_platform_once() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    world.retry().await;
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "rate_limited": true })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    let told = world.platforms.tiktok.calls_to(REVOKE).await.unwrap();
    world.now_due(id).await;
    let (one, other) = tokio::join!(world.retry(), world.retry());
    assert_eq!(one.confirmed + other.confirmed, 1);
    assert_eq!(world.platforms.tiktok.calls_to(REVOKE).await.unwrap(), told + 1);
}

#[tokio::test]
async fn a_facebook_login_whose_token_has_ended_is_given_back_by_the_app() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let person = world.meta_person().await;
    let before = world.living().await;
    let id = world.connect_facebook(user, &person).await;
    world.platforms.meta.end_tokens(&person.login, 467).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "instagram", id).await), true);
    assert_eq!(world.platforms.meta.calls_to(&format!("/v26.0/{}/permissions", person.id)).await.unwrap(), 2);
    assert!(world.living().await.is_subset(&before));
}

#[tokio::test]
async fn a_person_under_a_check_of_metas_keeps_the_subscription_until_the_grant_is_gone() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let person = world.meta_person().await;
    let id = world.connect_facebook(user, &person).await;
    world.platforms.meta.end_tokens(&person.login, 459).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "instagram", id).await), "pending");
    let why = Some("account_checkpointed".to_owned());
    assert_eq!(world.waiting(id).await, [("subscription".to_owned(), 1, why, true)], "the app gave the grant back");
}

#[tokio::test]
async fn a_process_that_died_before_it_told_the_platform_left_the_row_for_another() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let before = world.living().await;
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "latency_ms": 60_000 })).await.unwrap();
    let disconnect = Disconnect { revoker: world.revoker(&[]).await };
    let (owner, account, visitor) = (UserId(user.id), AccountId(id), Visitor::default());
    tokio::select! {
        _ = disconnect.disconnect(owner, Platform::TikTok, account, &visitor) => panic!("it was not killed"),
        () = eventually("it's telling the platform", async || {
            (world.waiting(id).await == [("grant".to_owned(), 1, None, true)]).then_some(())
        }) => {}
    }
    world.assert_shredded(id, "disconnected").await;

    world.retry().await;
    assert_eq!(world.waiting(id).await.len(), 1, "it's taken, for all that anybody knows");
    world.now_due(id).await;
    world.platforms.tiktok.forget_faults().await.unwrap();
    world.retry().await;
    assert!(world.waiting(id).await.is_empty());
    assert!(world.living().await.is_subset(&before));
}

#[tokio::test]
async fn connecting_again_keeps_a_late_revocation_from_the_new_grant() {
    let world = World::alone().await;
    let [ada, grace] = [&world.stack.users[0], &world.stack.users[1]];
    let person = world.tiktok_person().await;
    let id = world.connect_tiktok(ada, &person).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "status": 503 })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(ada, "tiktok", id).await), "pending");
    let before = world.living().await;

    let theirs = world.connect_tiktok(grace, &person).await;

    assert!(world.waiting(id).await.is_empty(), "whoever it was that waited");
    world.retry().await;
    assert!(world.living().await.len() > before.len(), "the new grant lives");
    let sql = "SELECT 1 FROM oauth_accounts WHERE id = $1 AND status = 'active'";
    assert_eq!(world.tables.rows(sql, &[&theirs]).await.len(), 1);
}

/// Somebody whose account the first user has disconnected, and neither the subscription nor the grant is ended yet.
async fn left_while_meta_was_away(world: &World) -> (MetaPerson, i32) {
    let user = &world.stack.users[0];
    let person = world.meta_person().await;
    let id = world.connect_facebook(user, &person).await;
    world.aws.drained(&world.stack.queues["subscriptions"]).await;
    for path in [format!("/v26.0/{}/subscribed_apps", person.page), format!("/v26.0/{}/permissions", person.id)] {
        world.platforms.meta.fault(&path, 1, &json!({ "status": 503 })).await.unwrap();
    }
    assert_eq!(revoked(&world.disconnect(user, "instagram", id).await), "pending");
    (person, id)
}

#[tokio::test]
async fn connecting_pages_again_keeps_their_subscriptions() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let (person, id) = left_while_meta_was_away(&world).await;
    let kinds: Vec<_> = world.waiting(id).await.into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["grant", "subscription"]);
    world.now_due(id).await;
    world.tables.rows("UPDATE pending_revocations SET expires_at = now() + INTERVAL '1 second'", &[]).await;
    world.start(user, "instagram").await;
    let late = "SELECT 1 FROM pending_revocations WHERE oauth_account_id = $1 AND expires_at <= next_attempt_at";
    assert!(world.tables.rows(late, &[&id]).await.is_empty(), "there is time for it afterwards");
    assert!(world.waiting(id).await.iter().all(|(_, _, _, is_held_back)| *is_held_back));
    assert_eq!(world.connect_facebook(user, &person).await, id);
    assert!(world.waiting(id).await.is_empty());
}

#[tokio::test]
async fn what_was_ended_while_the_person_connected_again_is_looked_at_once_more() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let (person, id) = left_while_meta_was_away(&world).await;
    world.now_due(id).await;
    let connection = world.revoker(&[]).await.database.connection().await.unwrap();
    let mut taken = Vec::new();
    while let Some(next) = take_due(&connection, Due::OfAccount(AccountId(id))).await.unwrap() {
        taken.push(next);
    }
    assert_eq!(taken.len(), 2);
    assert_eq!(world.connect_facebook(user, &person).await, id);
    world.aws.drained(&world.stack.queues["subscriptions"]).await;
    let sql = "SELECT i.subscribed_at IS NULL, a.next_refresh_at IS NOT NULL
                 FROM oauth_accounts a JOIN instagram_accounts i ON i.oauth_account_id = a.id WHERE a.id = $1";
    let is_looked_at = async || {
        let row = &world.tables.rows(sql, &[&id]).await[0];
        (row.get::<_, bool>(0), row.get::<_, bool>(1))
    };
    assert_eq!(is_looked_at().await, (false, false));
    for revocation in &taken {
        confirm(&connection, revocation).await.unwrap();
    }
    assert_eq!(is_looked_at().await, (true, true));
    let sql = "WITH login AS (UPDATE oauth_accounts SET next_refresh_at = NULL WHERE id = $1)
               UPDATE instagram_accounts SET subscribed_at = now() WHERE oauth_account_id = $1";
    world.tables.rows(sql, &[&id]).await;
    for revocation in &taken {
        postpone(&connection, revocation, std::time::Duration::ZERO, "platform_unavailable").await.unwrap();
    }
    assert_eq!(is_looked_at().await, (true, true), "nor does a lost answer tell that nothing has ended");
}

#[tokio::test]
async fn a_yes_to_a_token_that_may_be_replaced_says_nothing_of_the_others() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "status": 503 })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    let more = "INSERT INTO pending_revocations (user_id, oauth_account_id, provider, open_id, access_token_encrypted)
                SELECT user_id, oauth_account_id, provider, open_id, access_token_encrypted
                  FROM pending_revocations, generate_series(1, 2) WHERE oauth_account_id = $1";
    world.tables.rows(more, &[&id]).await;
    world.now_due(id).await;
    let connection = world.revoker(&[]).await.database.connection().await.unwrap();
    for (unanswered, left) in [(1_i16, 2), (0, 0)] {
        let taken = take_due(&connection, Due::OfAccount(AccountId(id))).await.unwrap().unwrap();
        let sql = "UPDATE pending_revocations SET unanswered_refreshes = $2 WHERE id = $1";
        world.tables.rows(sql, &[&taken.id, &unanswered]).await;
        confirm(&connection, &taken).await.unwrap();
        assert_eq!(world.waiting(id).await.len(), left);
    }
}

#[tokio::test]
async fn a_grant_that_was_given_anew_ends_in_silence() {
    let world = World::alone().await;
    let id = world.connect_tiktok(&world.stack.users[0], &world.tiktok_person().await).await;
    let sql = "INSERT INTO pending_revocations (user_id, oauth_account_id, provider, open_id, access_token_encrypted,
                                                created_at, expires_at)
               SELECT user_id, id, provider, open_id, 'sealed', now() - INTERVAL '72 hours', now()
                 FROM oauth_accounts WHERE id = $1";
    world.tables.rows(sql, &[&id]).await;
    FunctionSandbox::start(&world, "status-updater", []).await.invoke(json!({})).await;
    assert!(world.waiting(id).await.is_empty());
    assert_eq!(world.audited(id, "revocation_expired", "failure").await, 0);
}

#[tokio::test]
async fn after_72_hours_the_copy_is_gone_and_the_log_says_that_nobody_was_told() {
    let world = World::alone().await;
    let user = &world.stack.users[0];
    let id = world.connect_tiktok(user, &world.tiktok_person().await).await;
    world.platforms.tiktok.fault(REVOKE, 1, &json!({ "refuse": "invalid_client" })).await.unwrap();
    assert_eq!(revoked(&world.disconnect(user, "tiktok", id).await), "pending");
    let updater = FunctionSandbox::start(&world, "status-updater", []).await;
    let sql = "UPDATE pending_revocations SET created_at = now() - INTERVAL '72 hours', expires_at = now()
                WHERE oauth_account_id = $1";
    world.tables.rows(sql, &[&id]).await;
    updater.invoke(json!({})).await;
    assert!(world.waiting(id).await.is_empty());
    let sql = "SELECT code FROM auth_audit_log
                WHERE oauth_account_id = $1 AND event = 'revocation_expired' AND outcome = 'failure'";
    assert_eq!(world.tables.rows(sql, &[&id]).await[0].get::<_, &str>(0), "invalid_client");
}
