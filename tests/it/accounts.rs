//! `GET /api/accounts`.

use serde_json::json;

use crate::support::{World, unique};

#[tokio::test]
async fn a_user_sees_their_own_accounts_newest_first_and_nobody_elses() {
    let world = World::open().await;
    let [ada, grace] = [&world.stack.users[0], &world.stack.users[1]];
    let (open_id, ig_id) = (unique(), unique());
    let tiktok = world.tables.tiktok_account(ada.id, &open_id).await;
    let (instagram, reached) = world.tables.instagram_account(ada.id, &ig_id).await;

    let answer = world.api.get("/api/accounts?limit=2", Some(&ada.token)).await;

    assert_eq!(answer.status, 200, "{answer:?}");
    let items = &answer.json()["items"];
    assert_eq!(items[0]["id"], instagram);
    let behind = json!([{ "id": reached, "igBusinessId": ig_id, "username": "example_bakery", "canPublish": false,
                         "status": "active", "statusReason": null }]);
    assert_eq!(items[0]["instagramAccounts"], behind);
    assert!(items[1]["statusSince"].is_string());
    assert_eq!(
        items[1],
        json!({
            "id": tiktok, "platform": "tiktok", "openId": open_id, "displayName": null, "status": "active",
            "statusReason": null, "statusSince": items[1]["statusSince"], "scopes": ["user.info.basic", "video.publish"],
            "expiresAt": null, "instagramAccounts": [],
        })
    );
    let others = world.api.get("/api/accounts", Some(&grace.token)).await;
    assert!(!others.body.contains(&open_id) && !others.body.contains(&ig_id), "{others:?}");
}

#[tokio::test]
async fn pages_follow_one_another_without_gaps() {
    let world = World::open().await;
    let grace = &world.stack.users[1];
    for _ in 0..3 {
        world.tables.tiktok_account(grace.id, &unique()).await;
    }
    let (mut path, mut ids) = ("/api/accounts?limit=2".to_owned(), Vec::new());
    loop {
        let page = world.api.get(&path, Some(&grace.token)).await.json();
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()));
        match page["nextCursor"].as_str() {
            Some(cursor) => path = format!("/api/accounts?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert!(ids.len() >= 3 && ids.is_sorted_by(|newer, older| newer > older), "{ids:?}");
}

#[tokio::test]
async fn a_malformed_page_is_refused_by_name() {
    let world = World::open().await;
    for (query, name) in [("limit=0", "limit"), ("limit=101", "limit"), ("cursor=x", "cursor")] {
        let answer = world.api.get(&format!("/api/accounts?{query}"), Some(&world.stack.users[0].token)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_request"));
        assert_eq!(answer.json()["error"]["details"]["parameter"], name);
    }
}
