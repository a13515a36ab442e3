//! The minute's round as a whole.

use serde_json::json;

use crate::support::{FunctionSandbox, Refusing, World};

#[tokio::test]
async fn a_job_that_fails_costs_the_others_of_its_round_nothing() {
    let world = World::open().await;
    let own = world.new_database().await;
    let user = own.tables.user().await;
    let event = "INSERT INTO webhook_events (provider, event_type, external_id, waits_for, payload_json, received_at)
                 VALUES ('tiktok', 'old', '1', 'publish_id:1', '{}', now() - interval '31 days')";
    let login = "INSERT INTO oauth_states (state_hash, cookie_hash, user_id, provider, scope, return_to, expires_at)
                 VALUES (sha256('state'), sha256('cookie'), $1, 'tiktok', '', '/', now() - interval '2 days')";
    own.tables.run(event).await;
    own.tables.rows(login, &[&user]).await;
    let refusing = Refusing::rows(&own.tables, "webhook_events", "TRUE", "42501").await;
    let updater = FunctionSandbox::start(&world, "status-updater", [("DATABASE_NAME", own.name.as_str())]).await;

    let failure = updater.try_invoke(json!({})).await.unwrap_err();

    assert!(failure.to_string().contains("refused a statement"), "{failure}");
    assert!(own.tables.rows("SELECT 1 FROM oauth_states", &[]).await.is_empty());
    refusing.end(&own.tables).await;
}
