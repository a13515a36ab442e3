//! Tokens on demand.

use platforms::secret::AccessToken;
use serde_json::json;
use shared::{
    domain::{AccountId, UserId, catalogue::ErrorCode},
    services::tokens::{CallError, TokenError},
};

use super::{Connected, Via};

const SCOPES: &[&str] = &["user.info.basic"];

#[tokio::test]
async fn a_token_with_time_left_is_used_as_it_is_and_one_about_to_end_is_renewed_first() {
    let account = Connected::by(Via::TikTok).await;
    let tokens = account.tokens().await;
    let first = tokens.living_token(account.owner(), account.id()).await.unwrap();
    account.age(105).await;
    assert_eq!(tokens.living_token(account.owner(), account.id()).await.unwrap().version, first.version);
    account.age(10).await;
    let next = tokens.living_token(account.owner(), account.id()).await.unwrap();
    assert_eq!(next.version, first.version + 1);
    assert_ne!(next.token.expose(), first.token.expose());
}

#[tokio::test]
async fn a_call_whose_token_is_refused_is_made_again_with_another() {
    let account = Connected::by(Via::TikTok).await;
    let refusal = json!({ "refuse": "access_token_invalid" });
    account.stage.tiktok.fault("/v2/user/info/", 1, &refusal).await.unwrap();
    let (tokens, scopes) = (account.tokens().await, SCOPES.iter().map(ToString::to_string).collect::<Vec<_>>());
    let user = tokens.call(account.owner(), account.id(), async |token: &AccessToken| {
        tokens.clients.tiktok.user(token, &scopes).await
    });
    assert!(user.await.unwrap().display_name.is_some());
    account.is_active(2).await;

    account.stage.tiktok.fault("/v2/user/info/", 2, &refusal).await.unwrap();
    let again = tokens.call(account.owner(), account.id(), async |token: &AccessToken| {
        tokens.clients.tiktok.user(token, &scopes).await
    });
    let refused = again.await.unwrap_err();
    let ended = |error: &CallError| matches!(error, CallError::Token(TokenError::Ended(ErrorCode::AccessTokenInvalid)));
    assert!(ended(&refused), "a token that was just renewed: {refused:?}");
    let living = tokens.living_token(account.owner(), account.id()).await.unwrap_err();
    assert!(matches!(living, TokenError::Ended(ErrorCode::AccessTokenInvalid)), "{living:?}");
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_yet_serves_until_its_end() {
    let account = Connected::by(Via::TikTok).await;
    let tokens = account.tokens().await;
    account.age(115).await;
    account.stage.tiktok.fault("/v2/oauth/token/", 1, &json!({ "status": 503 })).await.unwrap();
    let calls = account.exchanges().await;
    for _ in 0..3 {
        assert_eq!(tokens.living_token(account.owner(), account.id()).await.unwrap().version, 1);
    }
    assert_eq!(account.exchanges().await - calls, 1, "who has failed waits");
    account.set("expires_at = now() - interval '1 second'").await;
    let ended = tokens.living_token(account.owner(), account.id()).await.unwrap_err();
    assert!(matches!(ended, TokenError::Later), "{ended:?}");
}

#[tokio::test]
async fn nobody_acts_for_an_account_that_has_ended_or_is_anothers() {
    let account = Connected::by(Via::TikTok).await;
    let tokens = account.tokens().await;
    for (owner, id) in [(UserId(account.stage.user + 1), account.id()), (account.owner(), AccountId(i32::MAX))] {
        let refused = tokens.living_token(owner, id).await.unwrap_err();
        assert!(matches!(refused, TokenError::NotFound), "{refused:?}");
    }
    account.stage.tiktok.remove_app("example_shop").await.unwrap();
    account.age(130).await;
    for _ in 0..2 {
        let ended = tokens.living_token(account.owner(), account.id()).await.unwrap_err();
        assert!(matches!(ended, TokenError::Ended(ErrorCode::InvalidGrant)), "{ended:?}");
    }
}
