//! The end of an authorization, reported to the app as `authorization.removed` (developers.tiktok.com, Webhooks).
//!
//! `POST /_simulator/removals` `{"person": "grace", "reason"?: 2, "manner"?}` ends the person's tokens for one of TikTok's
//! reasons; without one she disconnected the app herself. When the app itself revokes, the report follows by itself.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;

use super::{State as TikTok, webhooks::Event};
use crate::{
    control::held,
    delivery::{Manner, reported},
};

/// TikTok's number for a person who disconnected the app.
const BY_PERSON: i64 = 1;
/// TikTok's number for an app that revoked.
const BY_DEVELOPER: i64 = 5;

pub(super) fn routes() -> Router<Arc<TikTok>> {
    Router::new().route("/_simulator/removals", post(remove))
}

/// Whose authorization ends, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    person: String,
    #[serde(default = "by_person")]
    reason: i64,
    #[serde(default)]
    manner: Manner,
}

fn by_person() -> i64 {
    BY_PERSON
}

async fn remove(State(tiktok): State<Arc<TikTok>>, Json(removal): Json<Removal>) -> Response {
    let Some(person) = tiktok.control.person(|known| known.username == removal.person) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    held(&tiktok.grants).revoke(&person.open_id);
    reported(tiktok.send(&Event::removed(person.open_id, removal.reason, removal.manner)).await)
}

impl TikTok {
    pub(super) fn report_revocation(self: &Arc<Self>, open_id: String) {
        if self.control.settings().revocation_webhook {
            self.report(&Event::removed(open_id, BY_DEVELOPER, Manner::default()));
        }
    }
}
