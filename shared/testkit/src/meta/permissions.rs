//! `/{version}/me/permissions` lists what a person has granted, `DELETE /{version}/{user}/permissions` takes it back,
//! all of it or with `/{permission}` one (developers.facebook.com, Graph API: user permissions).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{delete, get},
};
use serde_json::{Value, json};

use super::{
    State as Meta,
    error::{APP_REMOVED, GraphError},
    grants::Kind,
    graph::Call,
};
use crate::control::held;

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new()
        .route("/{version}/{node}/permissions", get(list).delete(remove_all))
        .route("/{version}/{node}/permissions/{permission}", delete(remove_one))
}

async fn list(
    State(meta): State<Arc<Meta>>,
    Path((_version, node)): Path<(String, String)>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    let user = meta.permitting_user(&call, &node)?;
    let permissions = held(&meta.grants).permissions(&user);
    let row = |(name, status)| json!({ "permission": name, "status": status });
    Ok(Json(json!({ "data": permissions.listed().into_iter().map(row).collect::<Vec<_>>() })))
}

async fn remove_all(
    State(meta): State<Arc<Meta>>,
    Path((_version, node)): Path<(String, String)>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    let user = meta.permitting_user(&call, &node)?;
    held(&meta.grants).remove_app(&user, APP_REMOVED);
    meta.report_revocation(user);
    Ok(meta.removed())
}

async fn remove_one(
    State(meta): State<Arc<Meta>>,
    Path((_version, node, permission)): Path<(String, String, String)>,
    call: Call,
) -> Result<Json<Value>, GraphError> {
    let user = meta.permitting_user(&call, &node)?;
    if !held(&meta.grants).take_back(&user, &permission) {
        return Err(GraphError::new(100, format!("(#100) {permission} is not granted")));
    }
    Ok(meta.removed())
}

impl Meta {
    /// Whose permissions are meant: the app may name anybody, a person only him- or herself.
    fn permitting_user(&self, call: &Call, node: &str) -> Result<String, GraphError> {
        if call.is_from_app(&self.app) {
            call.check_proof(self, &self.app, call.token.as_deref().unwrap_or_default())?;
            return self.person_of(node).map(|person| person.id).ok_or_else(|| GraphError::no_object(node));
        }
        let token = call.caller(self)?.token;
        let own = node == "me" || node == token.account;
        if matches!(token.kind, Kind::User | Kind::SystemUser) && own {
            Ok(token.account)
        } else {
            Err(GraphError::no_object(node))
        }
    }

    fn removed(&self) -> Json<Value> {
        let bare = self.control.settings().bare_revocation_answer;
        Json(if bare { json!(true) } else { json!({ "success": true }) })
    }
}
