//! A person asks Meta that we forget them: the answer, the code, and the page behind it.

use serde_json::{Value, json};

use super::{asked, completed, now_due, purged, status};
use crate::support::{Answer, World, unique};

#[tokio::test]
async fn the_same_person_gets_the_same_code_while_the_request_is_open() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = unique();
    let code = asked(&world, &own, &person).await;
    assert_eq!(asked(&world, &own, &person).await, code);
    assert_ne!(asked(&world, &own, &unique()).await, code);
    purged(&own).await;
    assert_eq!(asked(&world, &own, &person).await, code, "it has begun");
    for _ in 0..2 {
        now_due(&own).await;
        purged(&own).await;
    }
    assert_ne!(asked(&world, &own, &person).await, code, "it was completed");
}

#[tokio::test]
async fn meta_takes_the_answer_and_the_deployed_round_completes_it() {
    let world = World::open().await;
    let person = world.meta_person().await;
    let id = world.connect_facebook(&world.stack.users[0], &person).await;
    let answers = world.platforms.meta.request_deletion(&json!({ "person": person.login })).await.unwrap();
    let promise: Value = serde_json::from_str(&answers[0].body).unwrap();
    let (url, code) = (promise["url"].as_str().unwrap(), promise["confirmation_code"].as_str().unwrap());
    assert!(url.ends_with(&format!("/api/data-deletion/{code}")), "{promise}");
    let page = completed(&world, &promise).await;
    assert_eq!(
        (&page.json()["deleted"]["accounts"], &page.json()["deleted"]["instagramAccounts"]),
        (&json!(1), &json!(1))
    );
    assert!(world.tables.rows("SELECT 1 FROM oauth_accounts WHERE id = $1", &[&id]).await.is_empty());
}

#[tokio::test]
async fn a_request_older_than_the_connection_leaves_it_alone() {
    let world = World::open().await;
    let person = world.meta_person().await;
    let id = world.connect_facebook(&world.stack.users[0], &person).await;
    let later = "UPDATE oauth_accounts SET granted_at = now() + INTERVAL '1 minute' WHERE id = $1";
    world.tables.rows(later, &[&id]).await;
    let answers = world.platforms.meta.request_deletion(&json!({ "person": person.login })).await.unwrap();
    assert_eq!(answers[0].status, 200);
    let sql = "SELECT status FROM oauth_accounts WHERE id = $1 AND access_token_encrypted IS NOT NULL";
    assert_eq!(world.tables.rows(sql, &[&id]).await[0].get::<_, &str>(0), "active");
}

#[tokio::test]
async fn the_page_says_what_is_so_before_and_after() {
    let world = World::open().await;
    let own = world.new_database().await;
    let code = asked(&world, &own, &unique()).await;
    let before = status(&world, &own, &code, "text/html,*/*").await;
    assert_eq!(before.status, 200);
    assert!(before.body.contains("Your request was received") && before.body.contains(&code), "{before:?}");
    for (name, value) in [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("vary", "accept")] {
        assert_eq!(before.header(name), Some(value));
    }
    assert!(before.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    let json = status(&world, &own, &code, "application/json").await;
    assert_eq!((&json.json()["status"], &json.json()["deleted"]), (&json!("received"), &json!({})));

    purged(&own).await;
    let begun = status(&world, &own, &code, "text/html").await;
    assert!(begun.body.contains("Your data is being deleted"), "{begun:?}");
    now_due(&own).await;
    purged(&own).await;

    let after = status(&world, &own, &code, "text/html").await;
    assert!(after.body.contains("Your data was deleted"), "{after:?}");
    for (answer, code) in [(&before, 200), (&json, 200), (&after, 200)] {
        holds(answer, code);
    }
    for accept in ["application/json", "text/html"] {
        for unknown in [unique(), "\0".to_owned(), "' OR ''='".to_owned()] {
            holds(&status(&world, &own, &unknown, accept).await, 404);
        }
    }
}

/// The answer has this status and is one that the contract describes.
fn holds(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer:?}");
    crate::contract::holds("GET", "/api/data-deletion/{code}", answer);
}
