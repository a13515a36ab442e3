//! Meta's webhooks: entries with changes, escaped as Meta escapes them and signed over exactly those bytes
//! (developers.facebook.com, Graph API webhooks: getting started).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::State as Meta;
use crate::{Delivered, DeliveryError, delivery::Manner, signing::hmac_hex};

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new().route("/_simulator/events", post(send))
}

/// Something happened to accounts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    entry: Vec<Entry>,
    #[serde(default)]
    manner: Manner,
}

/// What happened to one account: `changes`, `messaging`, or whatever else Meta may put there.
#[derive(Deserialize)]
struct Entry {
    id: String,
    #[serde(flatten)]
    said: Map<String, Value>,
}

async fn send(State(meta): State<Arc<Meta>>, Json(events): Json<Events>) -> Response {
    let deliver = || Arc::clone(&meta).deliver(body(&events.entry, events.manner.seconds_late));
    match events.manner.carry_out(deliver).await {
        Ok(answers) => Json(answers).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

/// An entry's time is that of its sending, so it differs from delivery to delivery.
fn body(entries: &[Entry], seconds_late: i64) -> String {
    let time = OffsetDateTime::now_utc().unix_timestamp() - seconds_late;
    let said = |entry: &Entry| {
        let mut body = json!({ "id": entry.id, "time": time });
        entry.said.iter().for_each(|(member, value)| body[member] = value.clone());
        body
    };
    let entries: Vec<_> = entries.iter().map(said).collect();
    escape(&json!({ "object": "instagram", "entry": entries }).to_string())
}

/// JSON as Meta writes it: non-ASCII characters as `\uXXXX` in lower case, beyond the first plane as two of them, and
/// slashes with a backslash before them.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '/' => escaped.push_str(r"\/"),
            _ if character.is_ascii() => escaped.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    escaped.push_str(&format!(r"\u{unit:04x}"));
                }
            }
        }
    }
    escaped
}

impl Meta {
    async fn deliver(self: Arc<Self>, body: String) -> Result<Delivered, DeliveryError> {
        let callback = self.callback.lock().ok().and_then(|callback| callback.clone());
        let callback = callback.ok_or(DeliveryError::NoCallback)?;
        self.courier.post(&callback, ("X-Hub-Signature-256", sign(&self.app.app_secret, &body)), body).await
    }
}

/// The header `X-Hub-Signature-256` for a body.
pub fn sign(app_secret: &str, body: &str) -> String {
    format!("sha256={}", hmac_hex(app_secret, body.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_meta_escapes_it() {
        assert_eq!(escape(r#"{"a":"café 😀 a/b"}"#), r#"{"a":"caf\u00e9 \ud83d\ude00 a\/b"}"#);
    }

    #[test]
    fn a_delivery_is_signed_as_the_worked_example_is() {
        let tag = hmac_hex("0123456789abcdef0123456789abcdef", b"");
        assert_eq!(tag, "796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2");
    }
}
