//! The simulators over real HTTP, as an application meets them.

mod callback;
mod control;
mod facebook;
mod instagram;
mod tiktok;

use reqwest::{Client, RequestBuilder, Url};
use serde_json::Value;

use crate::delivery::client;

const CALLBACK: &str = "https://app.example/callback";

/// The value of a parameter in an address.
fn query(address: &str, name: &str) -> Option<String> {
    let url = Url::parse(address).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// An address with a query. A later value for a name replaces an earlier one; an empty one takes the name away.
fn address(base: &str, query: &[(&str, &str)], changes: &[(&str, &str)]) -> String {
    let kept = query.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let pairs = kept.chain(changes).filter(|(_, value)| !value.is_empty());
    Url::parse_with_params(base, pairs).unwrap().into()
}

fn http() -> Client {
    client().unwrap()
}

/// Status and JSON of an answer.
async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}
