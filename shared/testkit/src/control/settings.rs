//! How the platform behaves, where platforms differ from their documents or from one another.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Platform, held};

pub(super) async fn show<T: Platform>(State(platform): State<Arc<T>>) -> Response {
    Json(&*held(&platform.control().settings)).into_response()
}

pub(super) async fn change<T: Platform>(
    State(platform): State<Arc<T>>,
    Json(changes): Json<Map<String, Value>>,
) -> Response {
    let mut settings = held(&platform.control().settings);
    match changed(&*settings, changes) {
        Ok(changed) => *settings = changed,
        Err(problem) => return (StatusCode::UNPROCESSABLE_ENTITY, problem.to_string()).into_response(),
    }
    Json(&*settings).into_response()
}

/// The settings with the named members replaced, also those within a member. A name that doesn't exist is an error.
fn changed<S: Serialize + DeserializeOwned>(settings: &S, changes: Map<String, Value>) -> serde_json::Result<S> {
    let mut all = serde_json::to_value(settings)?;
    replace(&mut all, Value::Object(changes));
    serde_json::from_value(all)
}

fn replace(old: &mut Value, new: Value) {
    match (old, new) {
        (Value::Object(members), Value::Object(changes)) => {
            for (name, change) in changes {
                replace(members.entry(name).or_insert(Value::Null), change);
            }
        }
        (old, new) => *old = new,
    }
}
