//! `GET /{version}/debug_token`: what a token is (developers.facebook.com, Graph API: debug_token).

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

use super::{
    State as Meta,
    error::GraphError,
    grants::{Kind, Token},
    graph::Call,
};
use crate::control::held;

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new().route("/{version}/debug_token", get(debug_token))
}

async fn debug_token(State(meta): State<Arc<Meta>>, call: Call) -> Result<Json<Value>, GraphError> {
    if !call.is_from_app(&meta.app) {
        return Err(GraphError::new(190, "Invalid OAuth access token"));
    }
    let text = call.required("input_token")?;
    let token = held(&meta.grants).token(text).filter(|token| token.kind != Kind::Instagram).cloned();
    let error = meta.live_token(text).err();
    Ok(Json(json!({ "data": meta.described(token.as_ref(), error.as_ref()) })))
}

impl Meta {
    fn described(&self, token: Option<&Token>, error: Option<&GraphError>) -> Value {
        let Some(token) = token else {
            return json!({ "is_valid": false, "scopes": [], "error": described_error(&GraphError::unknown_token()) });
        };
        let settings = self.control.settings();
        let grants = held(&self.grants);
        let scopes = grants.permissions(&token.account).granted;
        let last_visit = grants.last_visit(&token.account).unwrap_or(token.issued_at);
        let mut data = json!({
            "app_id": self.app_id(settings.numeric_app_id),
            "application": settings.app_name,
            "type": type_of(&token.kind),
            "is_valid": error.is_none(),
            "issued_at": token.issued_at,
            "expires_at": token.expires_at.unwrap_or(0),
            "data_access_expires_at": last_visit + settings.data_access_lifetime_s,
            "granular_scopes": scopes.iter().map(|scope| json!({ "scope": scope })).collect::<Vec<_>>(),
            "scopes": scopes,
            "user_id": token.account,
        });
        if let Kind::Page(id) = &token.kind {
            data["profile_id"] = json!(id);
        }
        if let Some(error) = error {
            data["error"] = described_error(error);
        }
        data
    }

    fn app_id(&self, numeric: bool) -> Value {
        let number = self.app.app_id.parse::<u64>().ok().filter(|_| numeric);
        number.map_or_else(|| json!(self.app.app_id), |number| json!(number))
    }
}

/// How Meta calls the third isn't documented.
fn type_of(kind: &Kind) -> &'static str {
    match kind {
        Kind::User | Kind::Instagram => "USER",
        Kind::Page(_) => "PAGE",
        Kind::SystemUser => "SYSTEM_USER",
    }
}

fn described_error(error: &GraphError) -> Value {
    let mut described = json!({ "code": error.code, "message": error.message });
    if let Some(subcode) = error.subcode {
        described["subcode"] = json!(subcode);
    }
    described
}
