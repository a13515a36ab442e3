//! Each connected Instagram account is subscribed to webhooks, whatever happens to its message.

use serde_json::{Value, json};
use testkit::Consent;

use super::{Stage, Via, api, browser::returned, told};
use crate::support::{FunctionSandbox, HttpSandbox, World, eventually, unique};

const SUBSCRIBED: &str =
    "SELECT subscribed_at IS NOT NULL, status, coalesce(status_reason, '') FROM instagram_accounts WHERE user_id = $1";

#[tokio::test]
async fn an_account_whose_message_was_lost_is_found_by_the_sweep() {
    let world = World::open().await;
    let (name, ig_id) = (format!("u{}", unique()), unique());
    let page = json!({ "instagram": { "id": ig_id, "username": name } });
    world.platforms.meta.add_person(&json!({ "login": name, "pages": [page] })).await.unwrap();
    let login = api::start(&world, &world.stack.users[0].token, "instagram", "").await;
    let location = world.platforms.meta.consent(&login.url, &Consent::allow().by(&name)).await.unwrap();
    let nowhere = ("SUBSCRIPTIONS_QUEUE_URL", "http://127.0.0.1:1/000000000000/nowhere");
    let callback = HttpSandbox::start(&world, "auth-callback", [nowhere]).await;
    let end = told(&returned(&callback, location.split('#').next().unwrap(), Some(&login.cookie)).await);
    assert_eq!(end["connected"], "instagram", "the person doesn't notice: {end}");

    let sql = "UPDATE instagram_accounts SET updated_at = now() - INTERVAL '11 minutes'
                WHERE ig_business_id = $1 AND subscribed_at IS NULL RETURNING id";
    assert_eq!(world.tables.rows(sql, &[&ig_id]).await.len(), 1, "nobody was told of it");
    FunctionSandbox::start(&world, "status-updater", []).await.invoke(json!({})).await;
    eventually("the account is subscribed", async || {
        let sql = "SELECT 1 FROM instagram_accounts WHERE ig_business_id = $1 AND subscribed_at IS NOT NULL";
        world.tables.rows(sql, &[&ig_id]).await.pop()
    })
    .await;
}

#[tokio::test]
async fn both_kinds_of_account_are_subscribed_and_again_after_each_login() {
    for via in [Via::FacebookLogin, Via::InstagramLogin] {
        let stage = Stage::open(via).await;
        let worker = FunctionSandbox::start(&stage.world, "subscription-worker", stage.settings()).await;
        for _ in 0..2 {
            stage.connect().await;
            assert_eq!(subscription(&stage).await, (false, "active".to_owned(), String::new()));
            assert_eq!(work(&stage, &worker).await, json!([]));
            assert_eq!(subscription(&stage).await, (true, "active".to_owned(), String::new()));
        }
    }
}

#[tokio::test]
async fn a_message_comes_again_while_meta_is_down() {
    let stage = Stage::open(Via::InstagramLogin).await;
    let worker = FunctionSandbox::start(&stage.world, "subscription-worker", stage.settings()).await;
    stage.connect().await;
    stage.meta.fault("/v26.0/me/subscribed_apps", 1, &json!({ "status": 503 })).await.unwrap();
    let message = stage.world.aws.bodies(&stage.queue).await.pop().unwrap();
    assert_eq!(handed(&worker, &message).await.as_array().unwrap().len(), 1);
    assert_eq!(subscription(&stage).await, (false, "active".to_owned(), String::new()));
    assert_eq!(handed(&worker, &message).await, json!([]));
    assert!(subscription(&stage).await.0);
}

#[tokio::test]
async fn an_account_that_meta_does_not_subscribe_works_and_says_why_it_gets_no_webhooks() {
    let stage = Stage::open(Via::FacebookLogin).await;
    let worker = FunctionSandbox::start(&stage.world, "subscription-worker", stage.settings()).await;
    let granted = ["instagram_basic", "pages_show_list", "instagram_content_publish"];
    stage.connect_as("", &stage.via.by(Consent::only(&granted))).await;
    assert_eq!(work(&stage, &worker).await, json!([]), "its message is done");
    assert_eq!(subscription(&stage).await, (false, "active".to_owned(), "scope_not_authorized".to_owned()));
    assert_eq!(stage.accounts().await[0]["instagramAccounts"][0]["canPublish"], true);
}

#[tokio::test]
async fn who_subscribes_an_account_that_is_connected_again_meanwhile_leaves_it_to_the_next() {
    let stage = Stage::open(Via::FacebookLogin).await;
    let worker = FunctionSandbox::start(&stage.world, "subscription-worker", stage.settings()).await;
    stage.connect().await;
    let message = stage.world.aws.bodies(&stage.queue).await.pop().unwrap();
    let sql = "SELECT page_id FROM instagram_accounts WHERE user_id = $1";
    let page: String = stage.world.tables.rows(sql, &[&stage.user]).await[0].get(0);
    let path = format!("/v26.0/{page}/subscribed_apps");
    stage.meta.fault(&path, 1, &json!({ "latency_ms": 5_000 })).await.unwrap();
    let reconnect = async {
        eventually("the worker is in its call", async || (stage.meta.calls_to(&path).await.unwrap() > 0).then_some(()))
            .await;
        stage.connect_as("reconnect=true", &stage.via.allowed()).await
    };
    assert_eq!(tokio::join!(handed(&worker, &message), reconnect).0, json!([]));
    assert_eq!(subscription(&stage).await, (false, "active".to_owned(), String::new()));
    assert_eq!(work(&stage, &worker).await, json!([]));
    assert!(subscription(&stage).await.0);
}

#[tokio::test]
async fn an_account_that_is_disconnected_while_it_is_subscribed_is_unsubscribed_again() {
    for via in [Via::FacebookLogin, Via::InstagramLogin] {
        let stage = Stage::alone(via).await;
        let worker = FunctionSandbox::start(&stage.world, "subscription-worker", stage.settings()).await;
        stage.connect().await;
        let message = stage.world.aws.bodies(&stage.queue).await.pop().unwrap();
        let sql = "SELECT page_id FROM instagram_accounts WHERE user_id = $1";
        let page: Option<String> = stage.world.tables.rows(sql, &[&stage.user]).await[0].get(0);
        let path = format!("/v26.0/{}/subscribed_apps", page.as_deref().unwrap_or("me"));
        stage.meta.fault(&path, 1, &json!({ "latency_ms": 3_000 })).await.unwrap();
        let leave = async {
            let is_called = async || (stage.meta.calls_to(&path).await.unwrap() > 0).then_some(());
            eventually("the worker is in its call", is_called).await;
            let sql = "UPDATE instagram_accounts SET status = 'revoked', page_token_encrypted = NULL;
                       UPDATE oauth_accounts SET status = 'revoked', access_token_encrypted = NULL";
            stage.world.tables.run(sql).await;
        };
        assert_eq!(tokio::join!(handed(&worker, &message), leave).0, json!([]));
        let sql = "SELECT 1 FROM pending_revocations WHERE kind = 'subscription' AND page_id IS NOT DISTINCT FROM $1";
        assert_eq!(stage.world.tables.rows(sql, &[&page]).await.len(), 1, "{via:?}");

        let subscribed = stage.meta.calls_to(&path).await.unwrap();
        let refresh = FunctionSandbox::start(&stage.world, "token-refresh", stage.settings()).await;
        refresh.invoke(json!({})).await;
        assert_eq!(stage.meta.calls_to(&path).await.unwrap(), subscribed + 1, "{via:?}");
        assert!(stage.world.tables.rows("SELECT 1 FROM pending_revocations", &[]).await.is_empty(), "{via:?}");
    }
}

#[tokio::test]
async fn an_account_without_a_token_is_not_taken_for_subscribed() {
    let stage = Stage::open(Via::InstagramLogin).await;
    let worker = FunctionSandbox::start(&stage.world, "subscription-worker", stage.settings()).await;
    stage.connect().await;
    let sql = "UPDATE oauth_accounts SET access_token_encrypted = NULL WHERE user_id = $1";
    stage.world.tables.rows(sql, &[&stage.user]).await;
    assert_eq!(work(&stage, &worker).await, json!([]));
    assert_eq!(subscription(&stage).await, (false, "active".to_owned(), String::new()));
}

#[tokio::test]
async fn the_sweep_leaves_the_accounts_of_a_login_alone_that_has_to_be_connected_again() {
    let stage = Stage::alone(Via::FacebookLogin).await;
    let updater = FunctionSandbox::start(&stage.world, "status-updater", stage.settings()).await;
    stage.connect().await;
    stage.world.aws.bodies(&stage.queue).await;
    for (status, queued) in [("needs_reauth", 0), ("active", 1)] {
        let sql = format!(
            "UPDATE oauth_accounts SET status = '{status}';
             UPDATE instagram_accounts SET updated_at = now() - INTERVAL '11 minutes'"
        );
        stage.world.tables.run(&sql).await;
        updater.invoke(json!({})).await;
        assert_eq!(stage.world.aws.bodies(&stage.queue).await.len(), queued, "{status}");
    }
}

/// Hands the queue's only message to the worker, and returns what it reports as failed.
async fn work(stage: &Stage, worker: &FunctionSandbox) -> Value {
    let [message] = stage.world.aws.bodies(&stage.queue).await.try_into().unwrap();
    handed(worker, &message).await
}

async fn handed(worker: &FunctionSandbox, message: &str) -> Value {
    let record = json!({ "messageId": "m1", "body": message, "eventSource": "aws:sqs" });
    worker.invoke(json!({ "Records": [record] })).await["batchItemFailures"].clone()
}

/// Whether the user's only Instagram account is subscribed, its status and the reason for that.
async fn subscription(stage: &Stage) -> (bool, String, String) {
    let rows = stage.world.tables.rows(SUBSCRIBED, &[&stage.user]).await;
    assert_eq!(rows.len(), 1);
    (rows[0].get(0), rows[0].get(1), rows[0].get(2))
}
