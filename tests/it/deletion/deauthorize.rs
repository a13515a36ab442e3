//! A person removes the app on Meta's own pages.

use serde_json::json;

use crate::support::{World, unique};

/// Status, reason, and whether a token is left.
async fn account(world: &World, id: i32) -> (String, Option<String>, bool) {
    let sql = "SELECT a.status, a.status_reason,
                      a.access_token_encrypted IS NOT NULL OR bool_or(i.page_token_encrypted IS NOT NULL)
                 FROM oauth_accounts a JOIN instagram_accounts i ON i.oauth_account_id = a.id
                WHERE a.id = $1 GROUP BY a.id";
    let row = &world.tables.rows(sql, &[&id]).await[0];
    (row.get(0), row.get(1), row.get(2))
}

fn removed() -> (String, Option<String>, bool) {
    ("revoked".to_owned(), Some("auth_removed".to_owned()), false)
}

async fn audited(world: &World, id: i32) -> usize {
    let sql = "SELECT 1 FROM auth_audit_log WHERE oauth_account_id = $1 AND event = 'authorization_removed'";
    world.tables.rows(sql, &[&id]).await.len()
}

#[tokio::test]
async fn who_removes_the_app_is_disconnected_here_as_well() {
    let world = World::open().await;
    let person = world.meta_person().await;
    let id = world.connect_facebook(&world.stack.users[0], &person).await;
    for _ in 0..2 {
        let answers = world.platforms.meta.remove_app(&person.login).await.unwrap();
        assert_eq!((answers[0].status, answers[0].body.as_str()), (200, ""));
        assert_eq!(account(&world, id).await, removed());
    }
    assert_eq!(audited(&world, id).await, 1);
    let waiting = "SELECT 1 FROM pending_revocations WHERE oauth_account_id = $1";
    assert!(world.tables.rows(waiting, &[&id]).await.is_empty(), "Meta has ended the tokens itself");
}

#[tokio::test]
async fn instagram_login_is_known_by_its_own_app_and_by_the_other_ones_signature_too() {
    let world = World::alone().await;
    for settings in [json!({}), json!({ "one_callback_secret": true })] {
        world.platforms.meta.change_settings(&settings).await.unwrap();
        let person = world.meta_person().await;
        let id = world.connect_instagram(&world.stack.users[0], &person).await;
        let answers = world.platforms.meta.remove_app(&person.username).await.unwrap();
        assert_eq!(answers[0].status, 200);
        assert_eq!(account(&world, id).await, removed(), "{settings}");
    }
    world.platforms.meta.change_settings(&json!({ "one_callback_secret": false })).await.unwrap();
}

#[tokio::test]
async fn a_removal_that_is_older_than_the_connection_does_not_end_it() {
    let world = World::open().await;
    let person = world.meta_person().await;
    let id = world.connect_facebook(&world.stack.users[0], &person).await;
    let removal = json!({ "person": person.login, "manner": { "seconds_late": 3_600 } });
    assert_eq!(world.platforms.meta.removal(&removal).await.unwrap()[0].status, 200);
    assert_eq!(account(&world, id).await, ("active".to_owned(), None, true));
    assert_eq!(audited(&world, id).await, 0);
}

#[tokio::test]
async fn of_somebody_unknown_nothing_is_told() {
    let world = World::open().await;
    let person = world.meta_person().await;
    let answers = world.platforms.meta.remove_app(&person.login).await.unwrap();
    assert_eq!((answers[0].status, answers[0].body.as_str()), (200, ""));
    let other = json!({ "login": format!("u{}", unique()) });
    world.platforms.meta.add_person(&other).await.unwrap();
    let answers = world.platforms.meta.remove_app(other["login"].as_str().unwrap()).await.unwrap();
    assert_eq!(answers[0].status, 200);
}
