//! What was called, and every secret that was issued or seen.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{Platform, held};

/// How often each method and path was called.
#[derive(Debug, Default)]
pub(super) struct Calls(Mutex<BTreeMap<(String, String), u64>>);

/// Kind and value of each secret.
#[derive(Debug, Default)]
pub(super) struct Issued(Mutex<BTreeSet<(&'static str, String)>>);

impl Calls {
    pub(super) fn count(&self, method: &str, path: &str) {
        *held(&self.0).entry((method.to_owned(), path.to_owned())).or_default() += 1;
    }
}

impl Issued {
    pub(super) fn note(&self, kind: &'static str, value: &str) {
        held(&self.0).insert((kind, value.to_owned()));
    }
}

pub(super) async fn calls<T: Platform>(State(platform): State<Arc<T>>) -> Json<Vec<Value>> {
    let calls = held(&platform.control().calls.0);
    let call =
        |((method, path), count): (&(String, String), &u64)| json!({ "method": method, "path": path, "count": count });
    Json(calls.iter().map(call).collect())
}

pub(super) async fn issued<T: Platform>(State(platform): State<Arc<T>>) -> Json<Vec<Value>> {
    let issued = held(&platform.control().issued.0).clone();
    let secret = |(kind, value): &(_, String)| json!({ "kind": kind, "value": value, "alive": platform.lives(value) });
    Json(issued.iter().map(secret).collect())
}
