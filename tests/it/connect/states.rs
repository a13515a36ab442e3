//! States and cookies: worth something once, for ten minutes, on one platform, in one browser.

use serde_json::json;

use super::{Login, Stage, Via, browser::returned, told};

const EXCHANGE: &str = "/v2/oauth/token/";

#[tokio::test]
async fn who_can_not_show_the_cookie_of_a_state_learns_and_changes_nothing() {
    let (stage, person) = (Stage::open(Via::TikTok).await, Via::TikTok.allowed());
    let (login, other) = (stage.start("").await, stage.start("").await);
    let location = stage.consent(&login, &person).await;
    let (name, _) = login.cookie.split_once('=').unwrap();
    let (_, others) = other.cookie.split_once('=').unwrap();
    for cookie in [None, Some(other.cookie.clone()), Some(format!("{name}=")), Some(format!("{name}={others}"))] {
        let answer = stage.come_back(&location, cookie.as_deref()).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "state_mismatch"), "{cookie:?}");
        let sql = "SELECT event || ' ' || code FROM auth_audit_log WHERE correlation_id = $1 AND user_id IS NULL";
        let rows = stage.world.tables.rows(sql, &[&answer.header("x-correlation-id").unwrap()]).await;
        assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<&str>>(), ["connected state_mismatch"]);
    }
    assert_eq!((stage.stored().await, stage.tiktok.calls_to(EXCHANGE).await.unwrap()), ((0, 0), 0));
    let end = told(&stage.come_back(&location, Some(&login.cookie)).await);
    assert_eq!(end["connected"], "tiktok", "its own browser still can");
}

#[tokio::test]
async fn a_state_that_is_forged_missing_or_another_platforms_goes_nowhere() {
    let (stage, person) = (Stage::open(Via::TikTok).await, Via::TikTok.allowed());
    let login = stage.start("").await;
    let location = stage.consent(&login, &person).await;
    let (before, after) = location.split_once("state=").unwrap();
    for location in [
        location.replace("/tiktok/", "/instagram/"),
        before.to_owned(),
        format!("{before}state="),
        format!("{before}state=forged{after}"),
        format!("{before}state=%00"),
        format!("{before}state={}", "x".repeat(6_000)),
    ] {
        let answer = stage.come_back(&location, Some(&login.cookie)).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "state_mismatch"), "{location}");
    }
    assert_eq!((stage.stored().await, stage.tiktok.calls_to(EXCHANGE).await.unwrap()), ((0, 0), 0));
}

#[tokio::test]
async fn who_comes_back_late_is_sent_to_the_app_and_told_so() {
    let (stage, person) = (Stage::open(Via::TikTok).await, Via::TikTok.allowed());
    let answer = stage.ask("").await;
    assert!(answer.header("set-cookie").unwrap().contains("; Max-Age=3600;"), "{answer:?}");
    let login = Login::of(&answer);
    let location = stage.consent(&login, &person).await;
    let sql = "UPDATE oauth_states SET expires_at = now() WHERE user_id = $1";
    stage.world.tables.rows(sql, &[&stage.user]).await;
    let end = told(&stage.come_back(&location, Some(&login.cookie)).await);
    stage.failed(&end, "state_expired").await;
    assert_eq!(stage.tiktok.calls_to(EXCHANGE).await.unwrap(), 0);
}

#[tokio::test]
async fn a_state_lives_for_ten_minutes() {
    let stage = Stage::open(Via::TikTok).await;
    stage.start("").await;
    let sql = "SELECT 1 FROM oauth_states WHERE user_id = $1 AND expires_at - created_at = INTERVAL '10 minutes'";
    assert_eq!(stage.world.tables.rows(sql, &[&stage.user]).await.len(), 1);
}

#[tokio::test]
async fn the_second_of_two_returns_of_one_login_changes_nothing_even_at_the_same_moment() {
    let (stage, person) = (Stage::open(Via::TikTok).await, Via::TikTok.allowed());
    let another = stage.another_callback().await;
    let login = stage.start("").await;
    let location = stage.consent(&login, &person).await;
    let cookie = Some(login.cookie.as_str());
    let (one, other) = tokio::join!(stage.come_back(&location, cookie), returned(&another, &location, cookie));
    let mut ends = [told(&one), told(&other)];
    ends.sort_by_key(|end| end["error"].is_string());
    assert_eq!((&ends[0]["connected"], &ends[1]["error"]), (&json!("tiktok"), &json!("state_expired")), "{ends:?}");
    let again = told(&stage.come_back(&location, cookie).await);
    assert_eq!(again["error"], "state_expired");
    assert_eq!(stage.tiktok.calls_to(EXCHANGE).await.unwrap(), 1, "the code was sent once");
    assert_eq!(stage.accounts().await[0]["status"], "active");
}

#[tokio::test]
async fn two_tabs_at_once_both_end_well_with_one_account() {
    for via in [Via::TikTok, Via::FacebookLogin, Via::InstagramLogin] {
        let stage = Stage::open(via).await;
        let another = stage.another_callback().await;
        let (one, other) = (stage.start("").await, stage.start("").await);
        let person = via.allowed();
        let (here, there) = (stage.consent(&one, &person).await, stage.consent(&other, &person).await);
        let both = format!("{}; {}", one.cookie, other.cookie);
        let (here, there) =
            tokio::join!(stage.come_back(&here, Some(&both)), returned(&another, &there, Some(&other.cookie)));
        let (here, there) = (told(&here), told(&there));
        assert_eq!(here["connected"], via.platform(), "{here}");
        assert_eq!(here, there);
        assert_eq!(stage.accounts().await.len(), 1);
    }
}

#[tokio::test]
async fn a_code_that_was_used_or_is_too_old_is_refused_and_the_account_stays() {
    for via in [Via::TikTok, Via::FacebookLogin, Via::InstagramLogin] {
        let stage = Stage::open(via).await;
        let person = via.allowed();
        let first = stage.start("").await;
        let location = stage.consent(&first, &person).await;
        let connected = told(&stage.come_back(&location, Some(&first.cookie)).await);
        assert_eq!(connected["connected"], via.platform(), "{connected}");

        let second = stage.start("").await;
        let used = second.back_with(&format!("code={}", code(&location)));
        let third = stage.start("").await;
        let old = stage.consent(&third, &person).await;
        stage.tiktok.advance(3_600).await.unwrap();
        stage.meta.advance(3_600).await.unwrap();
        for (login, location) in [(second, used), (third, old)] {
            let end = told(&stage.come_back(&location, Some(&login.cookie)).await);
            assert_eq!(end["error"], "invalid_grant", "{via:?}: {end}");
        }
        assert_eq!(stage.audit().await.iter().filter(|line| line.ends_with("failure invalid_grant")).count(), 2);
        assert_eq!(stage.accounts().await[0]["status"], "active");
    }
}

/// A redirect's code, still encoded.
fn code(location: &str) -> &str {
    let (_, from_code) = location.split_once("code=").unwrap();
    from_code.split('&').next().unwrap()
}
