//! Who has an account at the platform.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{Platform, held};

/// Somebody with an account. Deserialising makes up what isn't given.
pub(crate) trait Person: Clone + Serialize + DeserializeOwned + Send {
    /// Why the two can't both exist, if they can't.
    fn collides(&self, other: &Self) -> Option<&'static str>;
}

pub(super) async fn list<T: Platform>(State(platform): State<Arc<T>>) -> Json<Vec<T::Person>> {
    Json(held(&platform.control().people).clone())
}

pub(super) async fn add<T: Platform>(State(platform): State<Arc<T>>, Json(person): Json<T::Person>) -> Response {
    let mut people = held(&platform.control().people);
    if let Some(problem) = people.iter().find_map(|other| person.collides(other)) {
        return (StatusCode::CONFLICT, problem).into_response();
    }
    people.push(person.clone());
    (StatusCode::CREATED, Json(person)).into_response()
}
