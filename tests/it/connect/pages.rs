//! Which Instagram accounts a Facebook login reaches: by the person's Pages, and by those of portfolios.

use serde_json::{Value, json};
use testkit::Consent;

use super::{Stage, Via};
use crate::support::unique;

#[tokio::test]
async fn a_login_that_reaches_no_professional_account_connects_nothing() {
    let mut stage = Stage::open(Via::FacebookLogin).await;
    for (login, pages) in [("ada.without.pages", json!([])), ("ada.without.instagram", json!([{}, {}]))] {
        stage.next_user().await;
        stage.meta.add_person(&json!({ "login": login, "pages": pages })).await.unwrap();
        let end = stage.connect_as("", &Consent::allow().by(login)).await;
        stage.failed(&end, "no_professional_account").await;
    }
}

#[tokio::test]
async fn who_may_only_look_at_a_page_can_not_publish_through_it() {
    let (looks, creates, manages) = (unique(), unique(), unique());
    let page = |id: &str, task: &str| json!({ "tasks": ["ANALYZE", task], "instagram": { "id": id } });
    let pages = json!([page(&looks, "MODERATE"), page(&creates, "CREATE_CONTENT"), page(&manages, "MANAGE")]);
    let stage = owner(&pages).await;
    stage.connect_as("", &Consent::allow().by("owner")).await;
    assert_eq!(reached(&stage).await, [(looks, false), (creates, true), (manages, true)]);
}

#[tokio::test]
async fn an_account_behind_several_pages_is_reached_once_by_one_that_may_publish() {
    let ig_id = unique();
    let page = |id: &str, task: &str| json!({ "id": id, "tasks": [task], "instagram": { "id": ig_id } });
    let publishes = unique();
    let stage =
        owner(&json!([page(&unique(), "ANALYZE"), page(&publishes, "MANAGE"), page(&unique(), "ANALYZE")])).await;
    stage.connect_as("", &Consent::allow().by("owner")).await;
    assert_eq!(reached(&stage).await, [(ig_id, true)]);
    let rows =
        stage.world.tables.rows("SELECT page_id FROM instagram_accounts WHERE user_id = $1", &[&stage.user]).await;
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<&str>>(), [publishes]);
}

#[tokio::test]
async fn the_list_of_pages_is_read_to_its_end_short_and_empty_answers_included() {
    let ids: Vec<_> = (0..7).map(|_| unique()).collect();
    let stage = owner(&ids.iter().map(|id| json!({ "instagram": { "id": id } })).collect()).await;
    stage.meta.change_settings(&json!({ "page_sizes": [2, 0, 1, 0, 0, 3] })).await.unwrap();
    stage.connect_as("", &Consent::allow().by("owner")).await;
    assert_eq!(stage.meta.calls_to("/v26.0/me/accounts").await.unwrap(), 7);
    assert_eq!(reached(&stage).await, ids.into_iter().map(|id| (id, true)).collect::<Vec<_>>());
}

#[tokio::test]
async fn pages_of_portfolios_are_reached_owned_and_clients_each_once() {
    let (own, owned, client) = (unique(), unique(), unique());
    let stage = owner(&portfolio(&own, &owned, &client)).await;
    stage.connect_as("", &Consent::allow().by("owner")).await;
    assert_eq!(reached(&stage).await, [(own, true), (owned, true), (client, true)]);
}

#[tokio::test]
async fn a_portfolio_that_can_not_be_read_costs_no_other_account() {
    let (own, owned, client) = (unique(), unique(), unique());
    let stage = owner(&portfolio(&own, &owned, &client)).await;
    stage.meta.fault("/v26.0/me/businesses", 2, &json!({ "status": 500 })).await.unwrap();
    let end = stage.connect_as("", &Consent::allow().by("owner")).await;
    assert_eq!(end["connected"], "instagram", "{end}");
    assert_eq!(reached(&stage).await, [(own, true)]);
}

#[tokio::test]
async fn an_account_ends_by_no_list_that_could_not_be_read_whole_and_in_time() {
    let (own, owned, client) = (unique(), unique(), unique());
    let stage = owner(&portfolio(&own, &owned, &client)).await;
    let first = stage.connect_as("", &Consent::allow().by("owner")).await;
    let (businesses, owned_pages, client_pages) =
        ("/v26.0/me/businesses", "/v26.0/77001/owned_pages", "/v26.0/77001/client_pages");
    for (path, fault, read) in [
        (businesses, json!({ "status": 500 }), vec![&own]),
        (owned_pages, json!({ "status": 500 }), vec![&own, &client]),
        (client_pages, json!({ "rate_limited": true }), vec![&own, &owned]),
        (owned_pages, json!({ "latency_ms": 20_000 }), vec![&own, &client]),
    ] {
        stage.meta.fault(path, 2, &fault).await.unwrap();
        let sql = "UPDATE instagram_accounts SET username = 'before' WHERE user_id = $1";
        stage.world.tables.rows(sql, &[&stage.user]).await;
        assert_eq!(stage.connect_as("reconnect=true", &Consent::allow().by("owner")).await, first, "{path} {fault}");
        assert_eq!(reached(&stage).await.len(), 3, "{path} {fault}");
        let sql =
            "SELECT ig_business_id FROM instagram_accounts WHERE user_id = $1 AND username <> 'before' ORDER BY id";
        let rows = stage.world.tables.rows(sql, &[&stage.user]).await;
        let written: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(written.iter().collect::<Vec<_>>(), read, "{path} {fault}: what was read counts");
        stage.meta.forget_faults().await.unwrap();
    }
}

#[tokio::test]
async fn an_account_behind_the_end_of_a_list_without_one_lives_on() {
    let (near, far) = (unique(), unique());
    let stage = owner(&json!([{ "instagram": { "id": near } }, { "instagram": { "id": far } }])).await;
    stage.connect_as("", &Consent::allow().by("owner")).await;
    let sizes: Vec<u8> = [1].into_iter().chain([0; 60]).collect();
    stage.meta.change_settings(&json!({ "page_sizes": sizes })).await.unwrap();
    stage.connect_as("reconnect=true", &Consent::allow().by("owner")).await;
    assert_eq!(reached(&stage).await, [(near, true), (far, true)]);
}

#[tokio::test]
async fn an_account_that_is_no_longer_reached_ends_and_lives_again_once_it_is() {
    let (own, owned, client) = (unique(), unique(), unique());
    let stage = owner(&portfolio(&own, &owned, &client)).await;
    let required = ["instagram_basic", "pages_show_list", "instagram_content_publish"];
    let first = stage.connect_as("reconnect=true", &Consent::allow().by("owner")).await;
    assert_eq!(reached(&stage).await.len(), 3);

    assert_eq!(stage.connect_as("reconnect=true", &Consent::only(&required).by("owner")).await, first, "the same row");
    assert_eq!(reached(&stage).await, [(own, true)]);
    let sql = "SELECT status || ' ' || status_reason || ' ' || (page_token_encrypted IS NULL)::text
                 FROM instagram_accounts WHERE user_id = $1 AND ig_business_id = ANY ($2)";
    let ended = stage.world.tables.rows(sql, &[&stage.user, &vec![owned, client]]).await;
    let ended: Vec<String> = ended.iter().map(|row| row.get(0)).collect();
    assert_eq!(ended, ["revoked not_granted true"; 2]);
    let sql = "SELECT 1 FROM pending_revocations WHERE user_id = $1 AND kind = 'subscription' AND page_id IS NOT NULL
                  AND correlation_id IS NOT NULL";
    let waiting = async || stage.world.tables.rows(sql, &[&stage.user]).await.len();
    assert_eq!(waiting().await, 2, "their Pages are to be unsubscribed");

    stage.connect_as("reconnect=true", &Consent::allow().by("owner")).await;
    assert_eq!(reached(&stage).await.len(), 3);
    assert_eq!(stage.stored().await, (1, 3), "no row is doubled");
    assert_eq!(waiting().await, 0, "and no longer are");
}

#[tokio::test]
async fn an_account_that_is_reached_by_another_page_leaves_the_old_one_unsubscribed() {
    let (account, old) = (unique(), unique());
    let stage = owner(&json!([{ "instagram": { "id": account } }])).await;
    stage.connect_as("", &Consent::allow().by("owner")).await;
    let sql = "UPDATE instagram_accounts SET page_id = $2 WHERE user_id = $1";
    stage.world.tables.rows(sql, &[&stage.user, &old]).await;
    stage.connect_as("reconnect=true", &Consent::allow().by("owner")).await;
    assert_eq!(reached(&stage).await, [(account, true)]);
    let sql = "SELECT page_id FROM pending_revocations WHERE user_id = $1 AND kind = 'subscription'";
    let left = stage.world.tables.rows(sql, &[&stage.user]).await;
    assert_eq!(left.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>(), [old]);
}

#[tokio::test]
async fn accounts_of_another_user_are_left_out_with_a_notice() {
    let (theirs, ours) = (unique(), unique());
    let mut stage = owner(&json!([{ "instagram": { "id": theirs } }])).await;
    stage.connect_as("", &Consent::allow().by("owner")).await;
    let first = stage.user;

    stage.next_user().await;
    let pages = json!([{ "instagram": { "id": theirs } }, { "instagram": { "id": ours } }]);
    stage.meta.add_person(&json!({ "login": "partner", "pages": pages })).await.unwrap();
    let end = stage.connect_as("", &Consent::allow().by("partner")).await;
    assert_eq!((&end["connected"], &end["notice"]), (&json!("instagram"), &json!("account_connected_elsewhere")));
    assert_eq!(reached(&stage).await, [(ours, true)]);
    let left_out = "instagram_account_connected failure account_connected_elsewhere";
    assert_eq!(stage.audit().await, ["connect_started success", left_out, "connected success"]);

    stage.user = first;
    assert_eq!(reached(&stage).await, [(theirs, true)], "and stay theirs");
}

#[tokio::test]
async fn a_login_all_of_whose_accounts_are_another_users_connects_nothing() {
    let theirs = unique();
    let mut stage = owner(&json!([{ "instagram": { "id": theirs } }])).await;
    stage.connect_as("", &Consent::allow().by("owner")).await;
    stage.next_user().await;
    let pages = json!([{ "instagram": { "id": theirs } }]);
    stage.meta.add_person(&json!({ "login": "partner", "pages": pages })).await.unwrap();
    let end = stage.connect_as("", &Consent::allow().by("partner")).await;
    stage.failed(&end, "account_connected_elsewhere").await;
}

/// Somebody with these Pages.
async fn owner(pages: &Value) -> Stage {
    let stage = Stage::open(Via::FacebookLogin).await;
    stage.meta.add_person(&json!({ "login": "owner", "pages": pages })).await.unwrap();
    stage
}

/// A Page of the person's own, one that a portfolio owns, and one of the portfolio's clients, with these accounts.
fn portfolio(own: &str, owned: &str, client: &str) -> Value {
    let business = |client: bool| json!({ "id": "77001", "name": "Bakeries", "client": client, "unlisted": true });
    json!([
        { "instagram": { "id": own } },
        { "instagram": { "id": owned }, "business": business(false) },
        { "instagram": { "id": client }, "business": business(true) },
    ])
}

/// The ids of the user's living Instagram accounts, each with whether they may publish there.
async fn reached(stage: &Stage) -> Vec<(String, bool)> {
    let accounts = stage.accounts().await;
    let behind = accounts.iter().flat_map(|account| account["instagramAccounts"].as_array().unwrap());
    let reached = behind.map(|account| {
        (account["igBusinessId"].as_str().unwrap().to_owned(), account["canPublish"].as_bool().unwrap())
    });
    reached.collect()
}
