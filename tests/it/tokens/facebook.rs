//! Facebook Login: the daily look at the person's token and those of the Pages.

use serde_json::{Value, json};

use super::{Connected, Via};

const DAY: i32 = 24 * 60 + 1;

#[tokio::test]
async fn tokens_are_looked_at_every_day_and_what_meta_says_of_their_ends_is_kept() {
    let account = Connected::by(Via::FacebookLogin).await;
    assert_eq!(account.round().await["renewed"], 0);
    account.age(DAY).await;
    account.set("data_access_expires_at = NULL, expires_at = now() + interval '20 days'").await;
    assert_eq!(account.round().await["renewed"], 1);
    account.is_active(1).await;
    let sql = "SELECT data_access_expires_at IS NOT NULL, expires_at > now() + interval '58 days' FROM oauth_accounts";
    let row = &account.stage.world.tables.rows(sql, &[]).await[0];
    assert_eq!((row.get::<_, bool>(0), row.get::<_, bool>(1)), (true, true));
    assert_eq!(account.round().await["renewed"], 0);
}

#[tokio::test]
async fn a_page_whose_role_is_gone_needs_its_person_and_the_login_lives_on() {
    let account = Connected::by(Via::FacebookLogin).await;
    let page: String = account.stage.world.tables.rows("SELECT page_id FROM instagram_accounts", &[]).await[0].get(0);
    account.stage.meta.end_page_role("grace", &page).await.unwrap();
    account.age(DAY).await;
    assert_eq!(account.round().await["renewed"], 1);
    account.is_active(1).await;
    let seen = account.stage.accounts().await.remove(0)["instagramAccounts"][0].take();
    assert_eq!((&seen["status"], &seen["statusReason"]["code"]), (&json!("needs_reauth"), &json!("page_role_missing")));
}

#[tokio::test]
async fn a_person_whose_password_changed_must_connect_again() {
    let account = Connected::by(Via::FacebookLogin).await;
    account.stage.meta.end_tokens("grace", 460).await.unwrap();
    account.age(DAY).await;
    assert_eq!(account.round().await["ended"], 1);
    account.needs_reauth("access_token_invalid").await;
}

#[tokio::test]
async fn what_meta_says_of_our_app_blames_no_account() {
    for refusal in ["190", "10", "200"] {
        let account = Connected::by(Via::FacebookLogin).await;
        account.age(DAY).await;
        let fault = json!({ "refuse": refusal });
        account.stage.meta.fault("/v26.0/debug_token", 10, &fault).await.unwrap();
        assert_eq!(account.round().await["postponed"], 1, "{refusal}");
        account.is_active(1).await;
    }
}

#[tokio::test]
async fn near_its_end_the_persons_token_is_exchanged_if_that_makes_it_live_longer() {
    for (extends, version) in [(true, 3), (false, 2)] {
        let account = Connected::by(Via::FacebookLogin).await;
        let lifetime = async |days: u32, extends: bool| {
            let settings = json!({ "long_token_lifetime_s": days * 86_400, "reexchange_extends": extends });
            account.stage.meta.change_settings(&settings).await.unwrap();
        };
        lifetime(6, extends).await;
        account.stage.connect().await;
        lifetime(60, extends).await;
        account.set("token_issued_at = now() - interval '25 hours'").await;

        assert_eq!(account.round().await["renewed"], 1, "{extends}");
        account.is_active(version).await;
        let status = account.stage.accounts().await.remove(0)["status"].take();
        assert_eq!(status, Value::from(if extends { "active" } else { "expiring" }));
    }
}

#[tokio::test]
async fn access_to_data_that_has_ended_hides_no_tokens_end() {
    let account = Connected::by(Via::FacebookLogin).await;
    account.set("expires_at = now() + interval '5 days', data_access_expires_at = now() - interval '1 day'").await;
    let connection = account.tokens().await.database.connection().await.unwrap();
    let horizons = shared::store::accounts::expiry_horizons(&connection).await.unwrap();
    let days: Vec<_> = horizons.iter().map(|(_, left)| (left.as_secs() + 3_600) / 86_400).collect();
    assert_eq!(days, [5]);
}
