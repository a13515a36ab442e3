//! `/{version}/oauth/access_token`: what a code of Facebook Login turns into, and a short-lived token
//! (developers.facebook.com, Get long-lived tokens).

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

use super::{
    State as Meta,
    error::GraphError,
    grants::{Kind, Token},
    graph::Call,
};
use crate::{control::held, signing::same};

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new().route("/{version}/oauth/access_token", get(access_token).post(access_token))
}

async fn access_token(State(meta): State<Arc<Meta>>, call: Call) -> Result<Json<Value>, GraphError> {
    meta.authenticate(&call)?;
    match call.parameters.get("grant_type") {
        None | Some("authorization_code") => meta.exchange_code(&call).map(Json),
        Some("fb_exchange_token") => meta.exchange_token(&call).map(Json),
        Some(other) => Err(GraphError::new(100, format!("(#100) grant_type {other} is not supported"))),
    }
}

impl Meta {
    fn authenticate(&self, call: &Call) -> Result<(), GraphError> {
        let (id, secret) = (call.required("client_id")?, call.required("client_secret")?);
        self.control.note("client_secret", secret.to_owned());
        if id != self.app.app_id {
            return Err(GraphError::new(101, "Error validating application. Cannot get application info"));
        }
        if !same(secret, &self.app.app_secret) {
            return Err(GraphError::new(1, "Error validating client secret."));
        }
        Ok(())
    }

    fn exchange_code(&self, call: &Call) -> Result<Value, GraphError> {
        let (code, redirect_uri) = (call.required("code")?, call.parameters.get("redirect_uri"));
        let now = self.control.now();
        let Some(code) = held(&self.grants).use_code(code) else {
            return Err(GraphError::new(100, "Invalid verification code format."));
        };
        // A system user's code may come without.
        if redirect_uri.map_or(code.system_user.is_none(), |uri| uri != code.redirect_uri) {
            let message = "Error validating verification code. Please make sure your redirect_uri is identical to the \
                           one you used in the OAuth dialog request";
            return Err(GraphError::new(100, message));
        }
        if code.used {
            return Err(GraphError::new(100, "This authorization code has been used.").with_subcode(36_009));
        }
        if code.expires_at <= now {
            return Err(GraphError::new(100, "This authorization code has expired.").with_subcode(36_007));
        }
        let short = now + self.control.settings().short_token_lifetime_s;
        Ok(match code.system_user {
            None => self.issue_token(Kind::User, code.account, Some(short), false),
            Some(system_user) => {
                let end = system_user.lifetime_s.map(|lifetime| now + lifetime);
                self.issue_token(Kind::SystemUser, code.account, end, true)
            }
        })
    }

    /// A long-lived token is another string; the one before it lives on.
    fn exchange_token(&self, call: &Call) -> Result<Value, GraphError> {
        let token = self.live_token(call.required("fb_exchange_token")?)?;
        if token.kind != Kind::User {
            return Err(GraphError::new(100, "(#100) fb_exchange_token must be a user access token"));
        }
        let settings = self.control.settings();
        let fresh = self.control.now() + settings.long_token_lifetime_s;
        let kept = token.long_lived && !settings.reexchange_extends;
        let expires_at = token.expires_at.filter(|_| kept).unwrap_or(fresh);
        Ok(self.issue_token(Kind::User, token.account, Some(expires_at), true))
    }

    /// What never ends has no `expires_in`.
    fn issue_token(&self, kind: Kind, account: String, expires_at: Option<i64>, long_lived: bool) -> Value {
        let issued_at = self.control.now();
        let token = Token { kind, account, issued_at, expires_at, long_lived, dead: None };
        let token = self.control.note("access_token", held(&self.grants).issue(token));
        let mut answer = json!({ "access_token": token, "token_type": "bearer" });
        if let Some(end) = expires_at.filter(|_| !self.control.settings().omits_expires_in) {
            answer["expires_in"] = json!(end - issued_at);
        }
        answer
    }
}
