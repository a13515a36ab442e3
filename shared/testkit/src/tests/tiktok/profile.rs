use serde_json::json;

use super::World;
use crate::{Consent, tests::query};

#[tokio::test]
async fn a_field_without_its_scope_fails_the_whole_call() {
    let world = World::start().await;
    let location = world.remote.consent(&world.login(&[]), &Consent::only(&[])).await.unwrap();
    let (_, token) = world.exchange(&query(&location, "code").unwrap(), &[]).await;
    assert_eq!(world.user_info(&token, "open_id,avatar_url").await.0, 200);
    let (status, body) = world.user_info(&token, "open_id,username").await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("scope_not_authorized")));
    world.remote.change_settings(&json!({ "ungranted_field_code": "scope_permission_missed" })).await.unwrap();
    let (status, body) = world.user_info(&token, "open_id,follower_count").await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("scope_permission_missed")));
}

#[tokio::test]
async fn fields_are_required_and_known() {
    let world = World::start().await;
    let token = world.connected().await;
    for fields in ["", "email", "open_id, username"] {
        let (status, body) = world.user_info(&token, fields).await;
        assert_eq!((status, &body["error"]["code"]), (400, &json!("invalid_params")), "{fields}");
    }
}

#[tokio::test]
async fn a_token_that_was_never_issued_is_invalid() {
    let world = World::start().await;
    let (status, body) = world.user_info(&json!({ "access_token": "act.made-up" }), "open_id").await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("access_token_invalid")));
}
