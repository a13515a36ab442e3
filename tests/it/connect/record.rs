//! What a login writes: all of it or nothing, over whatever was there before.

use serde_json::{Value, json};
use testkit::Consent;

use super::{Stage, Via, browser::returned, told};
use crate::support::{HttpSandbox, Refusing};

#[tokio::test]
async fn a_table_that_refuses_one_row_keeps_none_of_them() {
    let stage = Stage::open(Via::FacebookLogin).await;
    let condition = format!("NEW.user_id = {}", stage.user);
    let refusing = Refusing::rows(&stage.world.tables, "instagram_accounts", &condition, "42501").await;
    let end = stage.connect().await;
    stage.failed(&end, "internal_error").await;
    refusing.end(&stage.world.tables).await;
    assert_eq!(stage.connect().await["connected"], "instagram");
}

#[tokio::test]
async fn without_the_vault_nothing_is_kept() {
    let settings = [("VAULT_KEY_ID", "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000000")];
    for via in [Via::TikTok, Via::FacebookLogin, Via::InstagramLogin] {
        let stage = Stage::with(via, &settings).await;
        let end = stage.connect().await;
        stage.failed(&end, "service_unavailable").await;
    }
}

#[tokio::test]
async fn a_connection_that_had_ended_lives_again_with_the_same_id() {
    for via in [Via::TikTok, Via::FacebookLogin, Via::InstagramLogin] {
        let stage = Stage::open(via).await;
        let first = stage.connect().await;
        for status in ["needs_reauth", "revoked"] {
            end(&stage, status).await;
            assert_eq!(stage.connect_as("reconnect=true", &via.allowed()).await, first);
            assert_eq!(stage.accounts().await[0]["status"], "active", "{via:?} after {status}");
        }
    }
}

#[tokio::test]
async fn what_tiktok_told_of_an_account_is_kept_when_it_does_not_tell_it_again() {
    let stage = Stage::open(Via::TikTok).await;
    stage.connect().await;
    let told = metadata(&stage).await;
    assert!(told["union_id"].is_string(), "{told}");
    stage.tiktok.fault("/v2/user/info/", 2, &json!({ "status": 500 })).await.unwrap();
    stage.connect_as("reconnect=true", &stage.via.allowed()).await;
    assert_eq!(metadata(&stage).await, told);
}

#[tokio::test]
async fn an_account_that_its_owner_has_given_up_may_be_connected_by_another_user() {
    for via in [Via::TikTok, Via::FacebookLogin, Via::InstagramLogin] {
        let mut stage = Stage::open(via).await;
        let theirs = stage.connect().await;
        end(&stage, "revoked").await;
        stage.next_user().await;
        let ours = stage.connect().await;
        assert_eq!(ours["connected"], via.platform(), "{ours}");
        assert_ne!(ours["accountId"], theirs["accountId"]);
    }
}

#[tokio::test]
async fn a_login_that_was_granted_earlier_and_comes_in_later_changes_nothing() {
    let stage = Stage::open(Via::FacebookLogin).await;
    let first = stage.connect().await;
    let sql = "UPDATE oauth_accounts SET granted_at = now() + INTERVAL '1 minute' WHERE user_id = $1";
    stage.world.tables.rows(sql, &[&stage.user]).await;
    let before = rows(&stage).await;
    let less = Consent::only(&["instagram_basic", "pages_show_list"]);
    assert_eq!(stage.connect_as("reconnect=true", &stage.via.by(less)).await, first);
    assert_eq!(rows(&stage).await, before);
}

#[tokio::test]
async fn of_two_users_who_connect_one_account_at_the_same_moment_one_has_it() {
    for via in [Via::TikTok, Via::FacebookLogin, Via::InstagramLogin] {
        let mut stage = Stage::open(via).await;
        let another = stage.another_callback().await;
        let one = stage.start("").await;
        let first = stage.user;
        stage.next_user().await;
        let other = stage.start("").await;
        let (here, there) = (stage.consent(&one, &via.allowed()).await, stage.consent(&other, &via.allowed()).await);
        let (here, there) =
            tokio::join!(stage.come_back(&here, Some(&one.cookie)), returned(&another, &there, Some(&other.cookie)));
        let mut ends = [told(&here), told(&there)];
        ends.sort_by_key(|end| end["error"].is_string());
        assert_eq!(ends[0]["connected"], via.platform(), "{ends:?}");
        assert_eq!(ends[1]["error"], "account_connected_elsewhere", "{ends:?}");
        let sql = "SELECT 1 FROM oauth_accounts WHERE user_id = ANY ($1)";
        assert_eq!(stage.world.tables.rows(sql, &[&vec![first, stage.user]]).await.len(), 1, "{via:?}");
    }
}

#[tokio::test]
async fn names_that_no_column_holds_cost_nobody_their_account() {
    let odd = "Odd \u{0} name";
    let stage = Stage::open(Via::TikTok).await;
    let person = json!({ "username": "odd", "display_name": odd, "avatar_url": odd });
    stage.tiktok.add_person(&person).await.unwrap();
    assert_eq!(stage.connect_as("", &Consent::allow().by("odd")).await["connected"], "tiktok");

    let stage = Stage::open(Via::FacebookLogin).await;
    let page = json!({ "name": odd, "tasks": ["MANAGE", odd], "instagram": { "username": "x".repeat(300) } });
    stage.meta.add_person(&json!({ "login": "odd", "name": odd, "pages": [page] })).await.unwrap();
    assert_eq!(stage.connect_as("", &Consent::allow().by("odd")).await["connected"], "instagram");
}

#[tokio::test]
async fn without_the_database_the_login_stays_open() {
    let stage = Stage::open(Via::TikTok).await;
    let cut_off = stage.settings().into_iter().chain([("DATABASE_PORT", "1")]);
    let cut_off = HttpSandbox::start(&stage.world, "auth-callback", cut_off).await;
    let login = stage.start("").await;
    let location = stage.consent(&login, &stage.via.allowed()).await;
    let answer = returned(&cut_off, &location, Some(&login.cookie)).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "service_unavailable"));
    assert_eq!(told(&stage.come_back(&location, Some(&login.cookie)).await)["connected"], "tiktok");
}

/// What the platform told beside the user's login.
async fn metadata(stage: &Stage) -> Value {
    let sql = "SELECT metadata::text FROM oauth_accounts WHERE user_id = $1";
    serde_json::from_str(stage.world.tables.rows(sql, &[&stage.user]).await[0].get(0)).unwrap()
}

/// The user's login and Instagram account, as text.
async fn rows(stage: &Stage) -> Vec<String> {
    let sql = "SELECT a::text || i::text FROM oauth_accounts a JOIN instagram_accounts i ON i.oauth_account_id = a.id
                WHERE a.user_id = $1";
    stage.world.tables.rows(sql, &[&stage.user]).await.iter().map(|row| row.get(0)).collect()
}

/// Ends all that the user has connected, as a removal or the refresher does it.
async fn end(stage: &Stage, status: &str) {
    let sql = format!(
        "UPDATE oauth_accounts SET status = '{status}', access_token_encrypted = NULL, refresh_token_encrypted = NULL
          WHERE user_id = {user};
         UPDATE instagram_accounts SET status = '{status}', page_token_encrypted = NULL WHERE user_id = {user}",
        user = stage.user
    );
    stage.world.tables.run(&sql).await;
}
