//! Accounts that can't act.

use serde_json::json;

use super::{CREATOR_INFO, Studio};

#[tokio::test]
async fn an_account_that_must_be_connected_again_says_why_and_tiktok_is_not_asked() {
    let studio = Studio::open().await;
    studio.set_account("status = 'needs_reauth', status_reason = 'auth_removed'").await;
    studio.refuses(&[], "auth_removed", "accountId").await;
    let gone =
        "status = 'revoked', status_reason = NULL, access_token_encrypted = NULL, refresh_token_encrypted = NULL";
    studio.set_account(gone).await;
    studio.refuses(&[], "reconnect_required", "accountId").await;
    assert_eq!(studio.stage.tiktok.calls_to(CREATOR_INFO).await.unwrap(), 0);
}

#[tokio::test]
async fn a_permission_that_was_not_granted_is_told_before_and_after_tiktok_is_asked() {
    let studio = Studio::open().await;
    studio.fault(2, json!({ "refuse": "scope_not_authorized" })).await;
    studio.refuses(&[], "scope_not_authorized", "accountId").await;
    studio.set_account("scope = 'user.info.basic,video.upload'").await;
    studio.refuses(&[], "scope_not_authorized", "accountId").await;
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_and_the_post_taken_on() {
    let studio = Studio::open().await;
    studio.fault(1, json!({ "refuse": "access_token_invalid" })).await;
    assert_eq!(studio.post(&studio.body(&[])).await.status, 202);
    assert_eq!(studio.stage.tiktok.calls_to("/v2/oauth/token/").await.unwrap(), 2, "the login, and one renewal");
}

#[tokio::test]
async fn a_grant_that_is_gone_is_the_accounts_problem() {
    let studio = Studio::open().await;
    studio.stage.tiktok.remove_app("example_shop").await.unwrap();
    studio.refuses(&[], "invalid_grant", "accountId").await;
}
