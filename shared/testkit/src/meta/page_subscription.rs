//! `/{version}/{page}/subscribed_apps` with a Page's token, and `/{version}/me/subscribed_apps` with an Instagram
//! account's: which fields of it are delivered (developers.facebook.com, Graph API: page subscribed_apps).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use serde_json::{Value, json};

use super::{
    State as Meta,
    error::GraphError,
    grants::Kind,
    graph::Call,
    scopes::{INSTAGRAM_BASIC, INSTAGRAM_FIELDS, PAGE_FIELDS},
};
use crate::control::held;

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new().route("/{version}/{node}/subscribed_apps", get(list).post(subscribe).delete(unsubscribe))
}

/// What is subscribed to, and the names that it may be subscribed with.
struct Subject {
    id: String,
    app_id: String,
    fields: &'static [&'static str],
}

type Node = Path<(String, String)>;
type Answer = Result<Json<Value>, GraphError>;

async fn list(State(meta): State<Arc<Meta>>, Path((_version, node)): Node, call: Call) -> Answer {
    let subject = meta.subject(&call, &node)?;
    let grants = held(&meta.grants);
    let name = meta.control.settings().app_name;
    let row = |fields: &Vec<String>| json!({ "id": subject.app_id, "name": name, "subscribed_fields": fields });
    let rows: Vec<_> = grants.subscriptions.get(&subject.id).map(row).into_iter().collect();
    Ok(Json(json!({ "data": rows })))
}

/// Replaces the list that there was.
async fn subscribe(State(meta): State<Arc<Meta>>, Path((_version, node)): Node, call: Call) -> Answer {
    let subject = meta.subject(&call, &node)?;
    let fields: Vec<_> = call.required("subscribed_fields")?.split(',').map(str::to_owned).collect();
    for (index, field) in fields.iter().enumerate() {
        if !subject.fields.contains(&field.as_str()) {
            let known = subject.fields.join(", ");
            let message = format!("(#100) Param subscribed_fields[{index}] must be one of {{{known}}}");
            return Err(GraphError::new(100, message));
        }
    }
    held(&meta.grants).subscriptions.insert(subject.id, fields);
    Ok(Json(json!({ "success": true })))
}

async fn unsubscribe(State(meta): State<Arc<Meta>>, Path((_version, node)): Node, call: Call) -> Answer {
    let subject = meta.subject(&call, &node)?;
    held(&meta.grants).subscriptions.remove(&subject.id);
    Ok(Json(json!({ "success": true })))
}

impl Meta {
    /// The Page or the Instagram account whose own token this is.
    fn subject(&self, call: &Call, node: &str) -> Result<Subject, GraphError> {
        let caller = call.caller(self)?;
        let (id, app, fields, permission) = match &caller.token.kind {
            Kind::User | Kind::SystemUser => {
                return Err(GraphError::new(210, "(#210) A page access token is required"));
            }
            Kind::Page(id) => (id.clone(), &self.app, PAGE_FIELDS, "pages_manage_metadata"),
            Kind::Instagram => (caller.token.account.clone(), &self.instagram_app, INSTAGRAM_FIELDS, INSTAGRAM_BASIC),
        };
        if node != "me" && node != id {
            return Err(GraphError::no_object(node));
        }
        self.require(&caller, permission)?;
        Ok(Subject { id, app_id: app.app_id.clone(), fields })
    }
}
