//! TikTok's webhooks: one callback for the app, set in the portal; each event signed and delivered until it's answered
//! with 200 (developers.tiktok.com, Webhooks).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{post, put},
};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::State as TikTok;
use crate::{
    Delivered, DeliveryError,
    delivery::{Manner, insist},
    signing::hmac_hex,
};

pub(super) fn routes() -> Router<Arc<TikTok>> {
    Router::new().route("/_simulator/callback", put(set_callback)).route("/_simulator/events", post(send))
}

/// The portal's field "callback URL".
#[derive(Deserialize)]
struct Callback {
    url: String,
}

/// Something happened to a user or a post.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    event: String,
    user_openid: Option<String>,
    content: Value,
    /// Now, unless something else is said: TikTok sends a number, and who knows what else.
    create_time: Option<Value>,
    #[serde(default)]
    manner: Manner,
}

async fn set_callback(State(tiktok): State<Arc<TikTok>>, Json(callback): Json<Callback>) -> StatusCode {
    match tiktok.callback.lock() {
        Ok(mut slot) => *slot = Some(callback.url),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR,
    }
    StatusCode::NO_CONTENT
}

async fn send(State(tiktok): State<Arc<TikTok>>, Json(event): Json<Event>) -> Response {
    match tiktok.send(&event).await {
        Ok(answers) => Json(answers).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

impl Event {
    /// An account's authorization ended, for one of TikTok's reasons.
    pub(super) fn removed(open_id: String, reason: i64, manner: Manner) -> Self {
        let (event, content) = ("authorization.removed".to_owned(), json!({ "reason": reason }));
        Self { event, user_openid: Some(open_id), content, create_time: None, manner }
    }

    /// Something happened to a post of this account.
    pub(super) fn of_post(event: &str, open_id: String, content: Value, manner: Manner) -> Self {
        Self { event: event.to_owned(), user_openid: Some(open_id), content, create_time: None, manner }
    }

    /// The content travels as JSON inside a string.
    pub(super) fn body(&self, client_key: &str) -> String {
        let mut body = json!({
            "client_key": client_key,
            "event": self.event,
            "create_time": self.create_time.clone().unwrap_or_else(now),
            "content": self.content.to_string(),
        });
        if let Some(user) = &self.user_openid {
            body["user_openid"] = json!(user);
        }
        body.to_string()
    }
}

fn now() -> Value {
    OffsetDateTime::now_utc().unix_timestamp().into()
}

impl TikTok {
    /// Delivers an event until it is received, in the background: perhaps before what it tells of is answered, perhaps
    /// long after.
    pub(super) fn report(self: &Arc<Self>, event: &Event) {
        let (tiktok, body) = (Arc::clone(self), event.body(&self.app.client_key));
        tokio::spawn(async move { insist(|| Arc::clone(&tiktok).deliver(body.clone(), 0)).await });
    }

    /// Delivers an event in its manner, and returns what the application answered.
    pub(super) async fn send(self: &Arc<Self>, event: &Event) -> Result<Vec<Delivered>, DeliveryError> {
        let (body, late) = (event.body(&self.app.client_key), event.manner.seconds_late);
        event.manner.carry_out(|| Arc::clone(self).deliver(body.clone(), late)).await
    }

    /// Signs with a `t` of its own, and posts.
    pub(super) async fn deliver(self: Arc<Self>, body: String, seconds_late: i64) -> Result<Delivered, DeliveryError> {
        let callback = self.callback.lock().ok().and_then(|callback| callback.clone());
        let callback = callback.ok_or(DeliveryError::NoCallback)?;
        let t = OffsetDateTime::now_utc().unix_timestamp() - seconds_late;
        self.courier.post(&callback, ("TikTok-Signature", sign_at(&self.app.client_secret, &body, t)), body).await
    }
}

/// The header `TikTok-Signature` for a body that is delivered now.
pub fn sign(client_secret: &str, body: &str) -> String {
    sign_at(client_secret, body, OffsetDateTime::now_utc().unix_timestamp())
}

fn sign_at(client_secret: &str, body: &str, t: i64) -> String {
    format!("t={t},s={}", hmac_hex(client_secret, format!("{t}.{body}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_signed_as_the_worked_example_is() {
        let header = sign_at("tt_test_client_secret_0123456789", "", 0);
        assert_eq!(header, "t=0,s=e43e0323539f80cc928abc0d1b8eaadc098f1437722df9f3ec9f4903f175c15c");
    }
}
