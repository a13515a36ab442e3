//! What a browser does with the answers of a login's functions.

use reqwest::Url;
use serde_json::{Value, json};

use crate::{
    contract::holds,
    support::{Answer, HttpSandbox, http_event, unique},
};

pub(super) const START: &str = "/api/auth/{platform}";
const CALLBACK: &str = "/api/auth/{platform}/callback";

/// A login that was started.
pub(crate) struct Login {
    pub(crate) url: String,
    pub(crate) cookie: String,
}

impl Login {
    /// From what auth-start answered.
    pub(super) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { url: answer.json()["url"].as_str().unwrap().to_owned(), cookie }
    }

    /// Back from the consent page with these members beside the state.
    pub(super) fn back_with(&self, members: &str) -> String {
        let url: Url = self.url.parse().unwrap();
        let value = |name| url.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned();
        format!("{}?state={}&{members}", value("redirect_uri"), value("state"))
    }
}

/// What this callback answers a browser that comes back.
pub(super) async fn returned(callback: &HttpSandbox, location: &str, cookie: Option<&str>) -> Answer {
    let url: Url = location.parse().unwrap();
    let platform = url.path().rsplit('/').nth(1).unwrap();
    let mut event = event(url.path(), CALLBACK, platform, url.query().unwrap_or_default());
    event["cookies"] = cookie.into_iter().collect();
    let answer = callback.call(event).await;
    holds("GET", CALLBACK, &answer);
    answer
}

/// What the app is told by a redirect to it.
pub(super) fn told(answer: &Answer) -> Value {
    assert_eq!(answer.status, 302, "{answer:?}");
    let address: Url = answer.header("location").unwrap().parse().unwrap();
    address.query_pairs().map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect()
}

/// A request to a route of a login.
pub(super) fn event(path: &str, route: &str, platform: &str, query: &str) -> Value {
    let mut event = http_event("GET", path, &format!("GET {route}"));
    event["rawQueryString"] = json!(query.trim_start_matches('?'));
    event["headers"]["x-correlation-id"] = json!(unique());
    event["pathParameters"] = json!({ "platform": platform });
    event
}
