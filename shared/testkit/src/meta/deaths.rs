//! What ends tokens although nobody removed the app. By `POST` below `/_simulator`:
//!
//! * `deaths` `{"person": "ada", "subcode": 460}` ends the tokens that a person has, by subcode of 190: 459 checkpointed,
//!   460 password changed, 464 not confirmed, 467 session ended
//! * `deaths` `{"person": "ada", "subcode": 492, "page": "100200300400500"}`: no role on the Page any more, whose tokens
//!   end
//! * `recoveries` `{"person": "ada"}`: the person passed the check, or is confirmed, and what died of that lives again;
//!   roles on Pages are back, which then have other tokens
//!
//! People are named by `login`, Instagram accounts by `username`.

use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use serde::Deserialize;

use super::{
    State as Meta,
    error::{CHECKPOINTED, PASSWORD_CHANGED, ROLE_LOST, SESSION_ENDED, UNCONFIRMED},
};
use crate::control::held;

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new().route("/_simulator/deaths", post(end)).route("/_simulator/recoveries", post(recover))
}

/// Whose tokens end, and of what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Death {
    person: String,
    subcode: u32,
    page: Option<String>,
}

/// Who is well again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recovery {
    person: String,
}

async fn end(State(meta): State<Arc<Meta>>, Json(death): Json<Death>) -> StatusCode {
    let Some(somebody) = meta.somebody(&death.person) else { return StatusCode::NOT_FOUND };
    match (death.subcode, death.page) {
        (ROLE_LOST, Some(page)) => held(&meta.grants).lose_role(&somebody.account, &page, ROLE_LOST),
        (CHECKPOINTED | PASSWORD_CHANGED | UNCONFIRMED | SESSION_ENDED, None) => {
            held(&meta.grants).end_account(&somebody.account, death.subcode);
        }
        _ => return StatusCode::UNPROCESSABLE_ENTITY,
    }
    StatusCode::NO_CONTENT
}

async fn recover(State(meta): State<Arc<Meta>>, Json(recovery): Json<Recovery>) -> StatusCode {
    let Some(somebody) = meta.somebody(&recovery.person) else { return StatusCode::NOT_FOUND };
    held(&meta.grants).recover(&somebody.account);
    StatusCode::NO_CONTENT
}
