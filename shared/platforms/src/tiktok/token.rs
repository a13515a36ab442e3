//! A connected account's tokens: renewed while it is used, and given back when it isn't wanted any more.
//!
//! developers.tiktok.com, Manage OAuth access tokens.

use std::time::Duration;

use super::{
    api::Api,
    oauth::{App, TokenAnswer},
};
use crate::{
    error::PlatformError,
    lenient,
    secret::{AccessToken, RefreshToken},
    transport::Answer,
};

/// The next pair. Keep it before it is used: what it was got with may work no more.
#[derive(Debug)]
pub struct Renewal {
    /// The account, for our app. Who it is was known before, so an answer that doesn't say it costs no pair.
    pub open_id: Option<String>,
    /// Acts for the account.
    pub access_token: AccessToken,
    /// How long it does.
    pub expires_in: Option<Duration>,
    /// Gets the pair after this one: mostly another than was sent, perhaps the same.
    pub refresh_token: RefreshToken,
    /// How long it can. Whether a refresh prolongs this isn't documented: the newest answer counts.
    pub refresh_expires_in: Option<Duration>,
    /// What is still granted, never more than before. Empty where it isn't told.
    pub scopes: Vec<String>,
}

impl Api {
    /// Exchanges a refresh token for the next pair. Sent once: an answer that was lost may have ended this token, and
    /// only who holds the account's lock can tell whether to try the same one again.
    ///
    /// # Errors
    /// See [`PlatformError`]. `invalid_grant` may only mean that somebody else was quicker.
    pub async fn refresh(&self, app: App<'_>, token: &RefreshToken) -> Result<Renewal, PlatformError> {
        let form = [
            ("client_key", app.client_key),
            ("client_secret", app.client_secret.expose()),
            ("grant_type", "refresh_token"),
            ("refresh_token", token.expose()),
        ];
        renewal(&self.post_form("/v2/oauth/token/", &form).await?, token)
    }

    /// Disconnects our app from the account, which ends all of its tokens; an `authorization.removed` may follow. Takes
    /// a living access token, so an expired one needs a refresh first.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn revoke(&self, app: App<'_>, token: &AccessToken) -> Result<(), PlatformError> {
        let form =
            [("client_key", app.client_key), ("client_secret", app.client_secret.expose()), ("token", token.expose())];
        revoked(&self.post_form("/v2/oauth/revoke/", &form).await?)
    }
}

/// A refresh token that isn't in the answer is still the one that was sent.
fn renewal(answer: &Answer, sent: &RefreshToken) -> Result<Renewal, PlatformError> {
    let said = TokenAnswer::read(answer)?;
    if said.access_token.expose().is_empty() {
        return Err(PlatformError::unreadable(answer, "no token"));
    }
    let kept = said.refresh_token.expose().is_empty();
    Ok(Renewal {
        open_id: said.open_id.filter(|id| !id.is_empty()),
        access_token: said.access_token,
        expires_in: said.expires_in,
        refresh_token: if kept { sent.clone() } else { said.refresh_token },
        refresh_expires_in: said.refresh_expires_in,
        scopes: lenient::words(said.scope.as_deref().unwrap_or_default()),
    })
}

/// Success is an empty body, or an object without an error.
fn revoked(answer: &Answer) -> Result<(), PlatformError> {
    if !answer.body.trim_ascii().is_empty() {
        TokenAnswer::read(answer)?;
    }
    if (200..300).contains(&answer.status) { Ok(()) } else { Err(PlatformError::unreadable(answer, "no error")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::RefusalCode, tiktok::code::OauthCode};

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec(), log_id: None }
    }

    fn renewed(body: &str) -> Result<Renewal, PlatformError> {
        renewal(&answer(200, body), &RefreshToken::from("rft.sent".to_owned()))
    }

    #[test]
    fn the_next_pair_is_read_with_what_is_left_of_it() {
        let pair = renewed(
            r#"{"access_token":"act.B","expires_in":86400,"refresh_token":"rft.B","refresh_expires_in":"15000000",
                "open_id":"-000Ex","scope":"user.info.basic,video.publish","token_type":"Bearer"}"#,
        )
        .unwrap();
        assert_eq!((pair.access_token.expose(), pair.refresh_token.expose()), ("act.B", "rft.B"));
        assert_eq!(pair.open_id.as_deref(), Some("-000Ex"));
        assert_eq!(pair.expires_in, Some(Duration::from_secs(86_400)));
        assert_eq!(pair.refresh_expires_in, Some(Duration::from_secs(15_000_000)));
        assert_eq!(pair.scopes, ["user.info.basic", "video.publish"]);
    }

    #[test]
    fn a_refresh_token_that_is_not_replaced_stays() {
        for rest in ["", r#","refresh_token":"""#] {
            let pair = renewed(&format!(r#"{{"access_token":"act.B"{rest}}}"#)).unwrap();
            assert_eq!(pair.refresh_token.expose(), "rft.sent");
            assert_eq!((pair.open_id, pair.expires_in, pair.scopes.len()), (None, None, 0));
        }
    }

    #[test]
    fn nothing_is_renewed_without_an_access_token() {
        for body in ["", "{}", "<html>", r#"{"access_token":"","refresh_token":"rft.B"}"#] {
            assert!(matches!(renewed(body), Err(PlatformError::Unreadable { .. })), "{body}");
        }
    }

    #[test]
    fn a_revocation_is_an_empty_answer_or_an_empty_object() {
        for body in ["", " \n", "{}", r#"{"error":""}"#] {
            assert!(revoked(&answer(200, body)).is_ok(), "{body}");
        }
    }

    #[test]
    fn what_is_no_revocation_is_refused() {
        let refused = revoked(&answer(200, r#"{"error":"invalid_grant","log_id":"L"}"#));
        let Err(PlatformError::Refused { code, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(code, RefusalCode::TikTokOauth(OauthCode::InvalidGrant));
        for (status, body) in [(200, "<html>"), (400, ""), (404, "{}")] {
            assert!(matches!(revoked(&answer(status, body)), Err(PlatformError::Unreadable { .. })), "{status} {body}");
        }
        assert!(matches!(revoked(&answer(503, "")), Err(PlatformError::Failed { .. })));
    }
}
