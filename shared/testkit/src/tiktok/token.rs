//! `POST /v2/oauth/token/` and `POST /v2/oauth/revoke/` (developers.tiktok.com, Manage user access tokens).

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};

use super::{
    State as TikTok,
    grants::{Code, Token},
    refusal::{OAuthError, oauth},
};
use crate::{
    control::held,
    parameters::{Parameters, media_type},
    signing::{same, sha256_hex},
};

const CODE_GRANT: &[&str] = &["client_key", "client_secret", "grant_type", "code", "redirect_uri", "code_verifier"];
const REFRESH_GRANT: &[&str] = &["client_key", "client_secret", "grant_type", "refresh_token"];
const REVOCATION: &[&str] = &["client_key", "client_secret", "token"];

pub(super) fn routes() -> Router<Arc<TikTok>> {
    Router::new().route("/v2/oauth/token/", post(token)).route("/v2/oauth/revoke/", post(revoke))
}

async fn token(State(tiktok): State<Arc<TikTok>>, headers: HeaderMap, body: Bytes) -> Response {
    tiktok.answered(form(&headers, &body).and_then(|form| match form.get("grant_type") {
        Some("authorization_code") => tiktok.exchange(&form),
        Some("refresh_token") => tiktok.refresh(&form),
        Some(other) => oauth("unsupported_grant_type", format!("{other} is not supported")),
        None => oauth("invalid_request", "grant_type is missing"),
    }))
}

async fn revoke(State(tiktok): State<Arc<TikTok>>, headers: HeaderMap, body: Bytes) -> Response {
    match form(&headers, &body).and_then(|form| tiktok.revoke(&form)) {
        Ok(open_id) => {
            tiktok.report_revocation(open_id);
            let empty = tiktok.control.settings().empty_revocation_answer;
            if empty { StatusCode::OK.into_response() } else { Json(json!({})).into_response() }
        }
        Err(error) => tiktok.answered(Err(error)),
    }
}

/// Only a form, and the secret only in it.
fn form(headers: &HeaderMap, body: &[u8]) -> Result<Parameters, OAuthError> {
    if media_type(headers) != "application/x-www-form-urlencoded" {
        return oauth("invalid_request", "The body must be application/x-www-form-urlencoded");
    }
    if headers.contains_key(AUTHORIZATION) {
        return oauth("invalid_request", "The client is authenticated by the body, not by a header");
    }
    let form = Parameters::of_form(body);
    match form.repeated() {
        Some(name) => oauth("invalid_request", format!("{name} is given twice")),
        None => Ok(form),
    }
}

fn required<'a>(form: &'a Parameters, name: &str) -> Result<&'a str, OAuthError> {
    form.get(name).map_or_else(|| oauth("invalid_request", format!("{name} is missing")), Ok)
}

impl TikTok {
    fn answered(&self, result: Result<Value, OAuthError>) -> Response {
        match result {
            Ok(body) => Json(body).into_response(),
            Err(error) => error.response(self.control.settings().oauth_error_status),
        }
    }

    fn authenticate(&self, form: &Parameters, known: &[&str]) -> Result<(), OAuthError> {
        if let Some(stranger) = form.stranger(known) {
            return oauth("invalid_request", format!("{stranger} is not a parameter of this request"));
        }
        let (key, secret) = (required(form, "client_key")?, required(form, "client_secret")?);
        self.control.note("client_secret", secret.to_owned());
        if key != self.app.client_key || !same(secret, &self.app.client_secret) {
            return oauth("invalid_client", "Client key or secret is incorrect");
        }
        Ok(())
    }

    fn exchange(&self, form: &Parameters) -> Result<Value, OAuthError> {
        let verifier =
            form.get("code_verifier").map(|verifier| self.control.note("code_verifier", verifier.to_owned()));
        self.authenticate(form, CODE_GRANT)?;
        let (code, redirect_uri) = (required(form, "code")?, required(form, "redirect_uri")?);
        let Some(code) = held(&self.grants).take_code(code, self.control.now()) else {
            return oauth("invalid_grant", "Authorization code is unknown, used or expired");
        };
        if code.redirect_uri != redirect_uri {
            return oauth("invalid_grant", "Redirect URI differs from the authorization request's");
        }
        check_verifier(&code, verifier.as_deref())?;
        Ok(self.issue(code.token, None, None))
    }

    fn refresh(&self, form: &Parameters) -> Result<Value, OAuthError> {
        self.authenticate(form, REFRESH_GRANT)?;
        let (sent, settings) = (required(form, "refresh_token")?, self.control.settings());
        let used = held(&self.grants).use_refresh(sent, self.control.now(), settings.rotation_grace_s);
        let Some(token) = used else {
            return oauth("invalid_grant", "Refresh token is unknown, replaced, revoked or expired");
        };
        if settings.refresh_ends_access_token {
            held(&self.grants).end_access(&token.open_id);
        }
        let end = (!settings.refresh_extends).then_some(token.expires_at);
        Ok(self.issue(token, end, (!settings.refresh_rotates).then_some(sent)))
    }

    /// A new pair for whoever the old token or the code was for, with the refresh token that is kept, if one is.
    fn issue(&self, token: Token, refresh_expires_at: Option<i64>, kept: Option<&str>) -> Value {
        let (settings, now) = (self.control.settings(), self.control.now());
        let refresh_expires_at = refresh_expires_at.unwrap_or(now + settings.refresh_token_lifetime_s);
        let token = Token { expires_at: now + settings.access_token_lifetime_s, ..token };
        let (open_id, scope) = (token.open_id.clone(), token.scopes.join(","));
        let pair = held(&self.grants).issue_pair(token, refresh_expires_at, kept, settings.token_length);
        json!({
            "access_token": self.control.note("access_token", pair.access),
            "expires_in": settings.access_token_lifetime_s,
            "refresh_token": self.control.note("refresh_token", pair.refresh),
            "refresh_expires_in": refresh_expires_at - now,
            "open_id": open_id,
            "scope": scope,
            "token_type": "Bearer",
        })
    }

    /// Ends all that the token's person granted, and returns who that is.
    fn revoke(&self, form: &Parameters) -> Result<String, OAuthError> {
        self.authenticate(form, REVOCATION)?;
        let token = required(form, "token")?;
        let mut grants = held(&self.grants);
        let Some(open_id) = grants.access(token, self.control.now()).map(|token| token.open_id.clone()) else {
            return oauth("invalid_grant", "Access token is unknown, revoked or expired");
        };
        grants.revoke(&open_id);
        Ok(open_id)
    }
}

/// The verifier's hexadecimal SHA-256 is the challenge. One without the other doesn't match.
fn check_verifier(code: &Code, verifier: Option<&str>) -> Result<(), OAuthError> {
    let matches = match (&code.challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => is_verifier(verifier) && same(&sha256_hex(verifier), challenge),
        _ => false,
    };
    if matches { Ok(()) } else { oauth("invalid_request", "Code verifier or code challenge is invalid.") }
}

fn is_verifier(text: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}
