//! The consent page's address, and what the token endpoint answers.

use super::*;

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, body: body.as_bytes().to_vec(), log_id: None }
}

const GRANTED: &str = r#"{"access_token":"act.A","expires_in":7200,"refresh_token":"rft.R","refresh_expires_in":"15552000",
  "open_id":"-000Ex","scope":"user.info.basic,video.publish","token_type":"Bearer"}"#;

#[test]
fn the_consent_page_gets_commas_and_a_hexadecimal_challenge() {
    let scopes = ["user.info.basic".to_owned(), "video.publish".to_owned()];
    let challenge = "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3";
    let request = ConsentRequest {
        client_key: "awtestclientkey01",
        scopes: &scopes,
        redirect_uri: "https://app.example.com/cb",
        state: "s",
        challenge: Some(challenge),
        always_ask: true,
    };
    let url = request.url(&CONSENT_PAGE.parse().unwrap());
    assert_eq!(
        url.as_str(),
        format!(
            "https://www.tiktok.com/v2/auth/authorize/?client_key=awtestclientkey01&response_type=code\
             &scope=user.info.basic%2Cvideo.publish&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&state=s\
             &code_challenge={challenge}&code_challenge_method=S256&disable_auto_auth=1"
        )
    );
    let plain = ConsentRequest { challenge: None, always_ask: false, ..request }.url(&CONSENT_PAGE.parse().unwrap());
    assert!(!plain.as_str().contains("challenge") && !plain.as_str().contains("auto_auth"), "{plain}");
}

#[test]
fn a_grant_is_read_with_numbers_of_either_type() {
    let grant = grant(&answer(200, GRANTED)).unwrap();
    assert_eq!((grant.open_id.as_str(), grant.access_token.expose()), ("-000Ex", "act.A"));
    assert_eq!(grant.expires_in, Some(Duration::from_secs(7200)));
    assert_eq!(grant.refresh_expires_in, Some(Duration::from_secs(15_552_000)));
    assert_eq!(grant.scopes, ["user.info.basic", "video.publish"]);
}

#[test]
fn an_error_is_a_refusal_whatever_the_status() {
    for status in [200, 400, 401, 500] {
        let refused = grant(&answer(status, r#"{"error":"invalid_grant","error_description":"x","log_id":"L"}"#));
        let Err(PlatformError::Refused { code, log_id, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(code, RefusalCode::TikTokOauth(OauthCode::InvalidGrant));
        assert_eq!(log_id.as_deref(), Some("L"));
    }
}

#[test]
fn a_grant_without_its_tokens_is_none() {
    for (good, bad) in [("act.A", ""), ("rft.R", ""), ("-000Ex", "")] {
        let refused = grant(&answer(200, &GRANTED.replace(good, bad)));
        assert!(matches!(refused, Err(PlatformError::Unreadable { .. })), "{refused:?}");
    }
    for other in ["", "[]", "<html>", "null"] {
        assert!(matches!(grant(&answer(200, other)), Err(PlatformError::Unreadable { .. })), "{other}");
        assert!(matches!(grant(&answer(502, other)), Err(PlatformError::Failed { .. })), "{other}");
    }
}

#[test]
fn no_token_is_in_an_error() {
    let body = r#"{"access_token":{"act.SECRET":1},"refresh_token":"rft.SECRET"}"#;
    let error = grant(&answer(200, body)).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("SECRET"));
}
