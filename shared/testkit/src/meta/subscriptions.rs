//! `POST /{version}/{app-id}/subscriptions`: sets the app's callback after a handshake with it
//! (developers.facebook.com, Graph API: subscriptions edge).

use std::sync::Arc;

use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::State as Meta;

/// What the handshake asks to have returned.
const CHALLENGE: &str = "1158201444";

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new().route("/{version}/{node}/subscriptions", post(subscribe))
}

#[derive(Deserialize)]
struct Subscription {
    access_token: String,
    object: String,
    callback_url: String,
    fields: String,
    verify_token: String,
}

type Answer = (StatusCode, Json<Value>);

async fn subscribe(
    State(meta): State<Arc<Meta>>,
    Path((_version, app_id)): Path<(String, String)>,
    Form(subscription): Form<Subscription>,
) -> Answer {
    if app_id != meta.app.app_id || subscription.access_token != format!("{app_id}|{}", meta.app.app_secret) {
        return refused(190, "Invalid OAuth access token");
    }
    if subscription.object != "instagram" || subscription.fields.is_empty() {
        return refused(100, "(#100) object and fields must name what is subscribed");
    }
    match meta.handshake(&subscription).await {
        Ok(()) => (StatusCode::OK, Json(json!({ "success": true }))),
        Err(problem) => refused(2200, &format!("(#2200) Callback verification failed: {problem}")),
    }
}

impl Meta {
    /// The callback must answer 200 with the challenge and nothing else.
    async fn handshake(&self, subscription: &Subscription) -> Result<(), String> {
        let query = [
            ("hub.mode", "subscribe"),
            ("hub.challenge", CHALLENGE),
            ("hub.verify_token", subscription.verify_token.as_str()),
        ];
        let answer = self.courier.get(&subscription.callback_url, &query).await.map_err(|error| error.to_string())?;
        if answer.status != 200 || answer.body != CHALLENGE {
            return Err(format!("HTTP {} instead of the challenge", answer.status));
        }
        let mut callback = self.callback.lock().map_err(|error| error.to_string())?;
        *callback = Some(subscription.callback_url.clone());
        Ok(())
    }
}

/// The Graph API's envelope; nearly every refusal is HTTP 400.
fn refused(code: i32, message: &str) -> Answer {
    let error = json!({ "message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Asimulated" });
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error })))
}
