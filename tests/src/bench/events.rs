//! What the functions are called with: the samples in `events/`, made true for this stack.

use std::fs;

use anyhow::{Context, Result, ensure};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use axum::body::Bytes;
use serde_json::{Value, json};

use super::{ingest, site::Site};
use crate::stack::{Project, StackDescription};

/// An event, and how its answer is recognised as a good one.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// As it goes over the wire.
    pub(super) json: Bytes,
    /// Whether it comes from API Gateway.
    pub(super) is_http: bool,
    /// The status of its answer, where that isn't a success: the sample's state, account, post and code are nobody's, and
    /// saying so is all that can be measured.
    pub(super) refusal: Option<u64>,
}

/// The sample of a function. The ingest's is the handshake, so it becomes a delivery, which is what costs.
pub(super) fn of(project: &Project, site: &Site, function: &str) -> Result<Event> {
    let mut event = sample(project, function)?;
    let stack = site.description();
    if function == ingest::NAME {
        return Ok(delivery(&event, &stack.secrets.meta.app_secret, ingest::SMALL_DELIVERY));
    }
    introduce_user(&mut event, stack)?;
    sign_callback(&mut event, &stack.secrets.meta.app_secret);
    let is_http = event["requestContext"]["http"].is_object() && event["type"] != "REQUEST";
    let refusal = match function {
        "auth-callback" => Some(403),
        "auth-disconnect" | "data-deletion-status" | "posts-get" | "upload" => Some(404),
        _ => None,
    };
    Ok(Event { json: event.to_string().into(), is_http, refusal })
}

/// A function's sample as it is.
pub(super) fn sample(project: &Project, function: &str) -> Result<Value> {
    let path = project.root().join(format!("events/{function}.json"));
    let text = fs::read_to_string(&path).with_context(|| format!("every function has a sample: {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// The request of `sample`, but delivering `body` from Instagram with its signature.
pub(super) fn delivery(sample: &Value, app_secret: &str, body: &str) -> Event {
    let mut event = sample.clone();
    let tag = sign(&Key::new(HMAC_SHA256, app_secret.as_bytes()), body.as_bytes());
    let signature: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    event["headers"]["x-hub-signature-256"] = format!("sha256={signature}").into();
    event["headers"]["content-type"] = "application/json".into();
    event["requestContext"]["http"]["method"] = "POST".into();
    event["body"] = body.into();
    event["pathParameters"] = json!({ "platform": "instagram" });
    Event { json: event.to_string().into(), is_http: true, refusal: None }
}

/// Where an event speaks of a user, it's one that exists, with a token that is valid.
fn introduce_user(event: &mut Value, stack: &StackDescription) -> Result<()> {
    let user = stack.users.first().context("the stack has no users")?;
    if let Some(context) = event.pointer_mut("/requestContext/authorizer/lambda") {
        context["userId"] = user.id.to_string().into();
    }
    if let Some(source) = event.pointer_mut("/identitySource/0") {
        *source = format!("Bearer {}", user.token).into();
    }
    Ok(())
}

/// Where Meta tells of a person, it's signed by the stack's own app. Nobody here knows the person.
fn sign_callback(event: &mut Value, app_secret: &str) {
    let is_signed = |body: &&mut Value| body.as_str().is_some_and(|body| body.starts_with("signed_request="));
    if let Some(body) = event.get_mut("body").filter(is_signed) {
        *body = format!("signed_request={}", testkit::meta::signed_request(app_secret, "218471")).into();
    }
}

impl Event {
    /// An answer that isn't the expected kind would be measured for nothing.
    pub(super) fn check(&self, answer: &[u8]) -> Result<()> {
        let answer: Value = serde_json::from_slice(answer).context("the answer is not JSON")?;
        let expected = self.refusal.map_or(200..400, |status| status..status + 1);
        let is_expected = |status: &Value| status.as_u64().is_some_and(|status| expected.contains(&status));
        ensure!(!self.is_http || is_expected(&answer["statusCode"]), "refused: {answer}");
        ensure!(answer["isAuthorized"] != false, "turned away: {answer}");
        ensure!(answer["batchItemFailures"].as_array().is_none_or(Vec::is_empty), "not processed: {answer}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_signed_as_meta_signs() {
        let event = delivery(&json!({}), "0123456789abcdef0123456789abcdef", "");
        let event: Value = serde_json::from_slice(&event.json).unwrap();
        let expected = "sha256=796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2";
        assert_eq!(event["headers"]["x-hub-signature-256"], expected);
        assert_eq!(event["requestContext"]["http"]["method"], "POST");
    }

    #[test]
    fn bad_answers_are_recognised() {
        let check = |is_http, answer: Value| {
            Event { json: Bytes::new(), is_http, refusal: None }.check(answer.to_string().as_bytes())
        };
        assert!(check(true, json!({ "statusCode": 302 })).is_ok());
        assert!(check(true, json!({ "statusCode": 429 })).is_err());
        assert!(check(true, json!({})).is_err());
        assert!(check(false, json!({ "applied": [] })).is_ok());
        assert!(check(false, json!({ "isAuthorized": false })).is_err());
        assert!(check(false, json!({ "batchItemFailures": [{ "itemIdentifier": "1" }] })).is_err());
    }
}
