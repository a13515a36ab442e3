//! What the consent pages of both logins have in common.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::State as Meta;
use crate::{html::error_page, parameters::Parameters};

/// A mistake of the app's: the dialog itself says so and goes no further.
#[derive(Debug)]
pub(super) struct Mistake(pub(super) String);

impl IntoResponse for Mistake {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, error_page("This app can't log you in", &self.0)).into_response()
    }
}

pub(super) fn mistake<T>(problem: impl Into<String>) -> Result<T, Mistake> {
    Err(Mistake(problem.into()))
}

/// What both dialogs check alike: the app, no secret, no name twice.
pub(super) fn check_client(query: &Parameters, app_id: &str) -> Result<(), Mistake> {
    if let Some(name) = query.repeated() {
        return mistake(format!("Invalid parameter: {name} is given twice"));
    }
    if query.get("client_secret").is_some() {
        return mistake("Invalid parameter: a client_secret doesn't belong into an address");
    }
    match query.get("client_id") {
        Some(id) if id == app_id => Ok(()),
        _ => mistake("Invalid App ID: no such app"),
    }
}

/// Names between commas or spaces, each of which the app may ask for.
pub(super) fn scopes(list: &str, known: &[String]) -> Result<Vec<String>, Mistake> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in list.split([',', ' ']).filter(|scope| !scope.is_empty()) {
        if !known.iter().any(|name| name == scope) {
            return mistake(format!("Invalid Scopes: {scope}"));
        }
        if !scopes.iter().any(|name| name == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(scopes)
}

impl Meta {
    /// The whole address counts, with its query.
    pub(super) fn redirect_uri(&self, query: &Parameters) -> Result<String, Mistake> {
        match query.get("redirect_uri") {
            Some(uri) if self.control.redirect_uris().any(|registered| registered == uri) => Ok(uri.to_owned()),
            _ => mistake("URL Blocked: the redirect URI is not among the app's valid OAuth redirect URIs"),
        }
    }
}
