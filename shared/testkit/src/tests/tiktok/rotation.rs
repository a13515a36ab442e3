//! What a refresh may do to the tokens before it.

use serde_json::json;

use super::World;

#[tokio::test]
async fn a_refresh_can_keep_the_refresh_token() {
    let world = World::start().await;
    world.remote.change_settings(&json!({ "refresh_rotates": false })).await.unwrap();
    let first = world.connected().await;
    for _ in 0..2 {
        let (status, next) = world.refresh(&first).await;
        assert_eq!((status, &next["refresh_token"]), (200, &first["refresh_token"]));
        assert_ne!(next["access_token"], first["access_token"]);
    }
}

#[tokio::test]
async fn a_replaced_refresh_token_works_within_its_grace() {
    let world = World::start().await;
    world.remote.change_settings(&json!({ "rotation_grace_s": 60 })).await.unwrap();
    let first = world.connected().await;
    let (_, second) = world.refresh(&first).await;
    let (status, third) = world.refresh(&first).await;
    assert_eq!(status, 200);
    world.remote.advance(60).await.unwrap();
    assert_eq!(world.refresh(&first).await.1["error"], "invalid_grant");
    for token in [&second, &third] {
        assert_eq!(world.refresh(token).await.0, 200);
    }
}

#[tokio::test]
async fn a_refresh_can_end_the_access_token_before_it() {
    let world = World::start().await;
    let first = world.connected().await;
    let (_, second) = world.refresh(&first).await;
    assert_eq!(world.user_info(&first, "open_id").await.0, 200);
    world.remote.change_settings(&json!({ "refresh_ends_access_token": true })).await.unwrap();
    let (_, third) = world.refresh(&second).await;
    for token in [&first, &second] {
        assert_eq!(world.user_info(token, "open_id").await.1["error"]["code"], "access_token_invalid");
    }
    assert_eq!(world.user_info(&third, "open_id").await.0, 200);
}

#[tokio::test]
async fn what_still_lives_can_be_told() {
    let world = World::start().await;
    let first = world.connected().await;
    let (_, second) = world.refresh(&first).await;
    let living = async || {
        let living = world.remote.living_tokens().await.unwrap();
        let mut values: Vec<_> = living.into_iter().map(|token| token.value).collect();
        values.sort();
        values
    };
    let text = |token: &serde_json::Value, name: &str| token[name].as_str().unwrap().to_owned();
    let mut expected = [&first, &second].map(|token| text(token, "access_token")).to_vec();
    expected.push(text(&second, "refresh_token"));
    expected.sort();
    assert_eq!(living().await, expected);
    world.remote.advance(7_200).await.unwrap();
    assert_eq!(living().await, [text(&second, "refresh_token")]);
    world.remote.remove_app("ada").await.unwrap();
    assert!(living().await.is_empty());
}
