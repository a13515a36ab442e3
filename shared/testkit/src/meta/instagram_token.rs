//! Tokens of Instagram Login: `POST /oauth/access_token` for a code, `GET /access_token` for a long-lived one,
//! `GET /refresh_access_token` for another sixty days (developers.facebook.com, Business Login for Instagram).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    State as Meta,
    error::GraphError,
    grants::{Code, Kind, Token},
    graph::Call,
    scopes::INSTAGRAM_BASIC,
};
use crate::{control::held, parameters::Parameters, signing::same};

/// Where a code is exchanged.
pub(super) const EXCHANGE: &str = "/oauth/access_token";

/// How old a token must be before it can be refreshed.
const REFRESHABLE_AFTER_S: i64 = 24 * 3_600;

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new()
        .route(EXCHANGE, post(exchange_code))
        .route("/access_token", get(exchange_token))
        .route("/refresh_access_token", get(refresh))
}

/// The one host of Meta's with an error shape of its own.
#[derive(Debug)]
struct Refusal(String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error_type": "OAuthException", "code": 400, "error_message": self.0 });
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    }
}

/// A refusal to order.
pub(super) fn ordered(code: &str) -> Response {
    Refusal(format!("Refused, as ordered: {code}")).into_response()
}

fn refused<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(message.into()))
}

async fn exchange_code(State(meta): State<Arc<Meta>>, request: Request) -> Result<Json<Value>, Refusal> {
    if request.uri().query().is_some() {
        return refused("The parameters belong into the body");
    }
    let Ok(form) = Parameters::of_request(request).await else { return refused("The body must be a form") };
    meta.exchange_instagram_code(&form).map(Json)
}

async fn exchange_token(State(meta): State<Arc<Meta>>, call: Call) -> Result<Json<Value>, GraphError> {
    if call.required("grant_type")? != "ig_exchange_token" {
        return Err(GraphError::new(100, "(#100) grant_type must be ig_exchange_token"));
    }
    let secret = call.required("client_secret")?;
    meta.control.note("client_secret", secret.to_owned());
    if !same(secret, &meta.instagram_app.app_secret) {
        return Err(GraphError::new(1, "Error validating client secret."));
    }
    let caller = call.caller(&meta)?;
    if caller.token.kind != Kind::Instagram || caller.token.long_lived {
        return Err(GraphError::new(100, "(#100) The token must be a short-lived one of Instagram Login"));
    }
    Ok(Json(meta.long_lived(&caller.token.account)))
}

async fn refresh(State(meta): State<Arc<Meta>>, call: Call) -> Result<Json<Value>, GraphError> {
    if call.required("grant_type")? != "ig_refresh_token" {
        return Err(GraphError::new(100, "(#100) grant_type must be ig_refresh_token"));
    }
    let caller = call.caller(&meta)?;
    if caller.token.kind != Kind::Instagram || !caller.token.long_lived {
        return Err(GraphError::new(100, "(#100) The token must be a long-lived one of Instagram Login"));
    }
    if !meta.allows(&caller, INSTAGRAM_BASIC) {
        return Err(GraphError::lacks(INSTAGRAM_BASIC));
    }
    if meta.control.now() - caller.token.issued_at < REFRESHABLE_AFTER_S {
        return Err(GraphError::new(100, "(#100) The token must be at least 24 hours old"));
    }
    Ok(Json(meta.refreshed(&caller.text, &caller.token.account)))
}

impl Meta {
    fn exchange_instagram_code(&self, form: &Parameters) -> Result<Value, Refusal> {
        let required =
            |name: &str| form.get(name).map_or_else(|| refused(format!("Missing required field {name}")), Ok);
        let (id, secret) = (required("client_id")?, required("client_secret")?);
        self.control.note("client_secret", secret.to_owned());
        if id != self.instagram_app.app_id || !same(secret, &self.instagram_app.app_secret) {
            return refused("Invalid client_id or client_secret");
        }
        if required("grant_type")? != "authorization_code" {
            return refused("Invalid grant_type");
        }
        let code = held(&self.grants).use_code(required("code")?);
        let Some(code) = code.filter(|code| !code.used && code.expires_at > self.control.now()) else {
            return refused("Invalid authorization code: unknown, used or expired");
        };
        if code.redirect_uri != required("redirect_uri")? {
            return refused("Error validating verification code: the redirect_uri is not the one of the request");
        }
        self.short_lived(code)
    }

    fn short_lived(&self, code: Code) -> Result<Value, Refusal> {
        let Some(account) = self.instagram_account(|account| account.id == code.account) else {
            return refused("The account is gone");
        };
        let settings = self.control.settings();
        let permissions = held(&self.grants).permissions(&code.account).granted;
        let permissions = if settings.permission_list {
            json!(permissions)
        } else {
            json!(permissions.into_iter().collect::<Vec<_>>().join(","))
        };
        let token = self.issue_instagram(code.account, settings.short_token_lifetime_s, false);
        let answer = json!({ "access_token": token, "user_id": account.app_scoped_id, "permissions": permissions });
        Ok(if settings.flat_token_answer { answer } else { json!({ "data": [answer] }) })
    }

    fn issue_instagram(&self, account: String, lifetime_s: i64, long_lived: bool) -> String {
        let issued_at = self.control.now();
        let expires_at = Some(issued_at + lifetime_s);
        let token = Token { kind: Kind::Instagram, account, issued_at, expires_at, long_lived, dead: None };
        self.control.note("access_token", held(&self.grants).issue(token))
    }

    fn long_lived(&self, account: &str) -> Value {
        let lifetime_s = self.control.settings().long_token_lifetime_s;
        let token = self.issue_instagram(account.to_owned(), lifetime_s, true);
        json!({ "access_token": token, "token_type": "bearer", "expires_in": lifetime_s })
    }

    /// Another token, or the same one with another end.
    fn refreshed(&self, text: &str, account: &str) -> Value {
        let (settings, now) = (self.control.settings(), self.control.now());
        if !settings.refresh_keeps_token {
            return self.long_lived(account);
        }
        if let Some(token) = held(&self.grants).token_mut(text) {
            token.issued_at = now;
            token.expires_at = Some(now + settings.long_token_lifetime_s);
        }
        json!({ "access_token": text, "token_type": "bearer", "expires_in": settings.long_token_lifetime_s })
    }
}
