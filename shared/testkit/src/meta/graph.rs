//! What every call of the Graph API has in common: a version, a token, perhaps a proof of the app's secret.

use std::sync::Arc;

use axum::{
    extract::{FromRequest, Request},
    http::{
        HeaderMap, HeaderName,
        header::{AUTHORIZATION, HOST},
    },
};
use time::OffsetDateTime;

use super::{
    App, State as Meta,
    error::{EXPIRED, GraphError},
    grants::{Kind, Token},
};
use crate::{
    control::held,
    parameters::Parameters,
    signing::{hmac_hex, same},
};

/// How old a timed proof may be.
const PROOF_LIFETIME_S: i64 = 300;

/// A call: its parameters, from query, form or JSON, and what it is authorised by.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) parameters: Parameters,
    /// As given in the header or as a parameter.
    pub(super) token: Option<String>,
    /// The address of this server, as the caller knows it.
    pub(super) base: String,
}

/// Who calls.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) text: String,
    pub(super) token: Token,
}

impl FromRequest<Arc<Meta>> for Call {
    type Rejection = GraphError;

    async fn from_request(request: Request, _meta: &Arc<Meta>) -> Result<Self, GraphError> {
        check_version(request.uri().path())?;
        let headers = request.headers();
        let bearer = header(headers, AUTHORIZATION).strip_prefix("Bearer ").map(str::to_owned);
        let base = format!("http://{}", header(headers, HOST));
        let parameters = Parameters::of_request(request).await;
        let parameters = parameters.map_err(|_| GraphError::new(100, "(#100) The body can't be read"))?;
        let token = parameters.get("access_token").map(str::to_owned).or(bearer);
        Ok(Self { parameters, token, base })
    }
}

fn header(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Nothing here is called without a version, such as `v26.0`, but for the paths that have none.
fn check_version(path: &str) -> Result<(), GraphError> {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if is_version(first) || matches!(first, "access_token" | "refresh_access_token") {
        Ok(())
    } else {
        Err(GraphError::new(2500, format!("Unknown path components: {path}")))
    }
}

/// A version that has ended is served by the oldest living one, so its number doesn't matter.
pub(super) fn is_version(text: &str) -> bool {
    let number = text.strip_prefix('v').and_then(|version| version.split_once('.'));
    number.is_some_and(|(major, minor)| major.parse::<u8>().is_ok() && minor == "0")
}

impl Call {
    pub(super) fn required(&self, name: &str) -> Result<&str, GraphError> {
        self.parameters.get(name).ok_or_else(|| GraphError::missing(name))
    }

    /// Whoever the token acts for, with a right proof if there is one.
    pub(super) fn caller(&self, meta: &Meta) -> Result<Caller, GraphError> {
        let Some(text) = self.token.clone() else {
            return Err(GraphError::new(2500, "An active access token must be used to query information"));
        };
        let token = meta.live_token(&text)?;
        let app = if token.kind == Kind::Instagram { &meta.instagram_app } else { &meta.app };
        self.check_proof(meta, app, &text)?;
        Ok(Caller { text, token })
    }

    /// Whether the token is the app's own, `id|secret`.
    pub(super) fn is_from_app(&self, app: &App) -> bool {
        let parts = self.token.as_deref().and_then(|token| token.split_once('|'));
        parts.is_some_and(|(id, secret)| id == app.app_id && same(secret, &app.app_secret))
    }

    /// A proof is of the token that the call is made with.
    pub(super) fn check_proof(&self, meta: &Meta, app: &App, token: &str) -> Result<(), GraphError> {
        let settings = meta.control.settings();
        let Some(proof) = self.parameters.get("appsecret_proof") else {
            let missing = "API calls from the server require an appsecret_proof argument";
            return if settings.requires_proof { Err(GraphError::new(100, missing)) } else { Ok(()) };
        };
        meta.control.note("appsecret_proof", proof.to_owned());
        let right = match self.parameters.get("appsecret_time") {
            Some(time) => {
                is_recent(time) && same(proof, &hmac_hex(&app.app_secret, format!("{token}|{time}").as_bytes()))
            }
            None => settings.accepts_plain_proof && same(proof, &hmac_hex(&app.app_secret, token.as_bytes())),
        };
        if right { Ok(()) } else { Err(GraphError::new(100, "Invalid appsecret_proof provided in the API argument")) }
    }
}

/// By the real clock, which is the caller's.
fn is_recent(time: &str) -> bool {
    let age = |time: i64| OffsetDateTime::now_utc().unix_timestamp() - time;
    time.parse().is_ok_and(|time| age(time).abs() <= PROOF_LIFETIME_S)
}

impl Meta {
    /// A token that works now, or the error that says why it doesn't.
    pub(super) fn live_token(&self, text: &str) -> Result<Token, GraphError> {
        let token = held(&self.grants).token(text).cloned().ok_or_else(GraphError::unknown_token)?;
        if let Some(subcode) = token.dead {
            return Err(GraphError::dead_token(subcode));
        }
        match token.expires_at {
            Some(end) if end <= self.control.now() => Err(GraphError::dead_token(EXPIRED)),
            _ => Ok(token),
        }
    }

    /// Whether the account behind a token has granted this.
    pub(super) fn allows(&self, caller: &Caller, permission: &str) -> bool {
        held(&self.grants).permissions(&caller.token.account).granted.contains(permission)
    }
}
