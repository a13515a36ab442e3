//! Apps that the platforms treat differently.

use serde_json::json;

use super::{Stage, Via};
use crate::support::{World, eventually, unique};

#[tokio::test]
async fn a_configuration_of_facebook_login_names_the_permissions() {
    let stage = Stage::with(Via::FacebookLogin, &[("META_CONFIG_ID", "100000000000002")]).await;
    let permissions = ["instagram_basic", "pages_show_list", "pages_read_engagement"];
    let configurations = json!({ "100000000000002": { "permissions": permissions } });
    stage.meta.change_settings(&json!({ "configurations": configurations, "all_or_nothing": true })).await.unwrap();
    let end = stage.connect().await;
    assert_eq!(end["connected"], "instagram", "{end}");
    let account = &stage.accounts().await[0];
    let mut granted: Vec<_> = account["scopes"].as_array().unwrap().iter().filter_map(|scope| scope.as_str()).collect();
    granted.retain(|scope| *scope != "public_profile");
    assert_eq!(granted, ["instagram_basic", "pages_read_engagement", "pages_show_list"]);
}

#[tokio::test]
async fn a_tiktok_app_without_pkce_sends_neither_challenge_nor_verifier() {
    let stage = Stage::with(Via::TikTok, &[("TIKTOK_PKCE", "off")]).await;
    stage.tiktok.change_settings(&json!({ "requires_pkce": false })).await.unwrap();
    let login = stage.start("").await;
    assert!(!login.url.contains("code_challenge"), "{}", login.url);
    assert_eq!(stage.connect().await["connected"], "tiktok");
    let issued = stage.tiktok.issued().await.unwrap();
    assert!(issued.iter().all(|secret| secret.kind != "code_verifier"), "{issued:?}");
}

#[tokio::test]
async fn both_forms_of_a_proof_satisfy_an_app_that_demands_one() {
    for (form, accepts_plain) in [("timed", false), ("plain", true)] {
        let stage = Stage::with(Via::FacebookLogin, &[("META_APPSECRET_PROOF", form)]).await;
        let settings = json!({ "requires_proof": true, "accepts_plain_proof": accepts_plain });
        stage.meta.change_settings(&settings).await.unwrap();
        assert_eq!(stage.connect().await["connected"], "instagram", "{form}");
    }
}

#[tokio::test]
async fn a_token_whose_answer_tells_no_end_has_the_one_that_meta_knows() {
    let stage = Stage::open(Via::FacebookLogin).await;
    let lifetimes = json!({ "long_token_lifetime_s": 3_000_000, "data_access_lifetime_s": 7_000_000 });
    stage.meta.change_settings(&lifetimes).await.unwrap();
    stage.meta.change_settings(&json!({ "omits_expires_in": true, "numeric_app_id": true })).await.unwrap();
    assert_eq!(stage.connect().await["connected"], "instagram");
    let sql = "SELECT 1 FROM oauth_accounts WHERE user_id = $1
                  AND expires_at - granted_at BETWEEN INTERVAL '2999990 s' AND INTERVAL '3000010 s'
                  AND data_access_expires_at - granted_at BETWEEN INTERVAL '6999990 s' AND INTERVAL '7000010 s'";
    assert_eq!(stage.world.tables.rows(sql, &[&stage.user]).await.len(), 1);
}

#[tokio::test]
async fn a_secret_that_was_replaced_costs_a_login_and_not_five_minutes_of_them() {
    let world = World::open().await;
    let secrets = &world.stack.secrets;
    let of_tiktok = |secret: &str| json!({ "clientKey": secrets.tiktok.client_key, "clientSecret": secret });
    let id = world.aws.new_secret(&format!("tiktok-{}", unique()), &of_tiktok("the old one")).await;
    let mut stage = Stage::with(Via::TikTok, &[("TIKTOK_SECRET_ID", &id)]).await;
    let end = stage.connect().await;
    stage.failed(&end, "invalid_client").await;

    world.aws.put_secret(&id, &of_tiktok(&secrets.tiktok.client_secret)).await;
    stage.next_user().await;
    eventually("the new one is read", async || stage.connect().await["connected"].is_string().then_some(())).await;
}
