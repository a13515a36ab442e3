//! People who leave at Meta: the app removed, or all that we hold to be deleted.

mod callbacks;
mod deauthorize;
mod files;
mod late;
mod person;
mod purge;
mod request;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use crate::support::{Answer, FunctionSandbox, HttpSandbox, OwnDatabase, World, eventually, http_event};

const DEAUTHORIZE: &str = "/api/webhooks/instagram/deauthorize";
const DELETION: &str = "/api/webhooks/instagram/data-deletion";

/// A callback as API Gateway hands it over.
fn callback(path: &str, signed: &str) -> Value {
    let mut event = http_event("POST", path, &format!("POST {path}"));
    event["headers"]["content-type"] = json!("application/x-www-form-urlencoded");
    event["body"] = json!(format!("signed_request={signed}"));
    event
}

/// Asks for the deletion of a person's data in a database of its own; the code.
async fn asked(world: &World, own: &OwnDatabase, person: &str) -> String {
    let settings = [("DATABASE_NAME", own.name.as_str())];
    let function = HttpSandbox::start(world, "meta-data-deletion", settings).await;
    let signed = testkit::meta::signed_request(&world.stack.secrets.meta.app_secret, person);
    let answer = function.call(callback(DELETION, &signed)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["confirmation_code"].as_str().unwrap().to_owned()
}

/// A round of deletions; how many were completed.
async fn purged(own: &OwnDatabase) -> usize {
    shared::services::purge::round(&own.database, Instant::now() + Duration::from_secs(60)).await.unwrap()
}

/// As if the time had passed that every open request waits.
async fn now_due(own: &OwnDatabase) {
    own.tables.run("UPDATE data_deletion_requests SET next_attempt_at = now() WHERE state <> 'completed'").await;
}

/// Asks for the deletion of a person's data and lets it begin: the next round deletes.
async fn begun(world: &World, own: &OwnDatabase, person: &str) -> String {
    let code = asked(world, own, person).await;
    assert_eq!(purged(own).await, 0, "it only begins");
    now_due(own).await;
    code
}

/// What the status page of a database of its own says.
async fn status(world: &World, own: &OwnDatabase, code: &str, accept: &str) -> Answer {
    let settings = [("DATABASE_NAME", own.name.as_str())];
    let function = HttpSandbox::start(world, "data-deletion-status", settings).await;
    let mut event = http_event("GET", &format!("/api/data-deletion/{code}"), "GET /api/data-deletion/{code}");
    event["pathParameters"] = json!({ "code": code });
    event["headers"]["accept"] = json!(accept);
    function.call(event).await
}

/// Lets the deployed round complete what this answer to Meta promises; the page that says so.
async fn completed(world: &World, promise: &Value) -> Answer {
    let updater = FunctionSandbox::start(world, "status-updater", []).await;
    eventually("it's completed", async || {
        updater.invoke(json!({})).await;
        let due = "UPDATE data_deletion_requests SET next_attempt_at = now()
                    WHERE confirmation_code = $1 AND state = 'in_progress'";
        world.tables.rows(due, &[&promise["confirmation_code"].as_str()]).await;
        let page = public_status(world, promise["url"].as_str().unwrap()).await;
        (page.json()["status"] == "completed").then_some(page)
    })
    .await
}

/// The public page.
async fn public_status(world: &World, url: &str) -> Answer {
    let path = url.split_once("/api/").unwrap().1;
    Answer::of(world.api.request(Method::GET, &format!("/api/{path}")).header("accept", "application/json")).await
}
