//! The addresses that an app may send people back to.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Platform, held};

/// What is registered for the app.
#[derive(Debug, Default)]
pub(crate) struct RedirectUris(Mutex<BTreeSet<String>>);

impl RedirectUris {
    /// Registers one more.
    pub(crate) fn allow(&self, uri: &str) {
        held(&self.0).insert(uri.to_owned());
    }

    /// Whether one that is registered fits.
    pub(crate) fn any(&self, fits: impl Fn(&str) -> bool) -> bool {
        held(&self.0).iter().any(|registered| fits(registered))
    }
}

/// The whole list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    redirect_uris: BTreeSet<String>,
}

pub(super) async fn replace<T: Platform>(
    State(platform): State<Arc<T>>,
    Json(registration): Json<Registration>,
) -> Response {
    if let Some(problem) = registration.redirect_uris.iter().find_map(|uri| T::check_redirect_uri(uri).err()) {
        return (StatusCode::UNPROCESSABLE_ENTITY, problem).into_response();
    }
    *held(&platform.control().redirect_uris.0) = registration.redirect_uris;
    StatusCode::NO_CONTENT.into_response()
}
