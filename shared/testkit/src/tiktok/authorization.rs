//! What an app asks for at `GET /v2/auth/authorize/`, checked as TikTok checks it (developers.tiktok.com, Login Kit).

use super::{
    App,
    settings::{Settings, redirect_matches},
};
use crate::{control::Control, parameters::Parameters};

/// Always granted.
pub(super) const BASIC: &str = "user.info.basic";

/// A request that may be shown to a person.
#[derive(Debug)]
pub(super) struct Authorization {
    pub(super) scopes: Vec<String>,
    pub(super) redirect_uri: String,
    pub(super) state: String,
    /// Hexadecimal SHA-256 of the verifier.
    pub(super) challenge: Option<String>,
    /// Whether the page must be shown.
    pub(super) always_ask: bool,
}

/// A mistake in the app: it ends on TikTok's own page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// The parameter.
    pub(super) error_type: &'static str,
    /// What is wrong with it.
    pub(super) problem: String,
}

fn mistake<T>(error_type: &'static str, problem: impl Into<String>) -> Result<T, Mistake> {
    Err(Mistake { error_type, problem: problem.into() })
}

impl Authorization {
    pub(super) fn check<P: Clone>(
        query: &Parameters,
        app: &App,
        control: &Control<Settings, P>,
    ) -> Result<Self, Mistake> {
        let settings = control.settings();
        check_client(query, app)?;
        if query.get("response_type") != Some("code") {
            return mistake("response_type", "must be code");
        }
        Ok(Self {
            scopes: scopes(query, &settings.scopes)?,
            redirect_uri: redirect_uri(query, |uri| control.redirect_uris().any(|known| redirect_matches(known, uri)))?,
            state: state(query)?,
            challenge: challenge(query, settings.requires_pkce)?,
            always_ask: always_ask(query)?,
        })
    }
}

fn check_client(query: &Parameters, app: &App) -> Result<(), Mistake> {
    if let Some(name) = query.repeated() {
        return mistake("param", format!("{name} is given twice"));
    }
    if query.get("client_id").is_some() {
        return mistake("client_key", "client_id is not its name here");
    }
    if query.get("client_secret").is_some() {
        return mistake("client_secret", "a secret doesn't belong into an address");
    }
    match query.get("client_key") {
        Some(key) if key == app.client_key => Ok(()),
        _ => mistake("client_key", "no such app"),
    }
}

fn scopes(query: &Parameters, enabled: &[String]) -> Result<Vec<String>, Mistake> {
    let Some(list) = query.get("scope") else { return mistake("scope", "missing") };
    let mut scopes = vec![BASIC.to_owned()];
    for scope in list.split(',') {
        if !enabled.iter().any(|known| known == scope) {
            return mistake("scope", format!("'{scope}' is not enabled for the app"));
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(scopes)
}

fn redirect_uri(query: &Parameters, registered: impl Fn(&str) -> bool) -> Result<String, Mistake> {
    match query.get("redirect_uri") {
        Some(uri) if registered(uri) => Ok(uri.to_owned()),
        _ => mistake("redirect_uri", "not registered for the app"),
    }
}

fn state(query: &Parameters) -> Result<String, Mistake> {
    query.get("state").map_or_else(|| mistake("state", "missing"), |state| Ok(state.to_owned()))
}

/// TikTok's challenge is hexadecimal; the base64url of everybody else is an error.
fn challenge(query: &Parameters, required: bool) -> Result<Option<String>, Mistake> {
    match (query.get("code_challenge"), query.get("code_challenge_method")) {
        (None, None) if required => mistake("code_challenge", "missing"),
        (None, None) => Ok(None),
        (None, Some(_)) => mistake("code_challenge", "missing beside its method"),
        (Some(_), method) if method != Some("S256") => mistake("code_challenge_method", "must be S256"),
        (Some(challenge), _) if is_lower_hex(challenge) => Ok(Some(challenge.to_owned())),
        (Some(_), _) => mistake("code_challenge", "must be 64 lower-case hexadecimal digits"),
    }
}

fn is_lower_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn always_ask(query: &Parameters) -> Result<bool, Mistake> {
    match query.get("disable_auto_auth") {
        None | Some("0") => Ok(false),
        Some("1") => Ok(true),
        Some(_) => mistake("disable_auto_auth", "must be 0 or 1"),
    }
}
