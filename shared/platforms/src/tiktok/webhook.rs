//! TikTok's webhook body: one event, with its content as JSON inside a JSON string.
//!
//! developers.tiktok.com, Webhooks: overview and events.

use serde::Deserialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use super::code::RemovalReason;
use crate::{event_id, lenient};

/// One event. Everything that TikTok may leave out is optional; what it may add is ignored.
#[derive(Debug)]
pub struct Event {
    /// Stable across redeliveries; TikTok itself sends no event id.
    pub external_id: String,
    /// `post.publish.complete`, … as TikTok spells it.
    pub event_type: String,
    /// The app that the event is meant for.
    pub client_key: Option<String>,
    /// The account, by its `open_id` for this app.
    pub user_openid: Option<String>,
    /// When the event happened, to the second.
    pub occurred_at: Option<OffsetDateTime>,
    /// What happened, as far as we act on it.
    pub change: Change,
}

/// What an event changes in our tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A post got further, by its `publish_id`.
    Post {
        /// The id that TikTok gave when the post was started.
        publish_id: String,
        /// Where it is now.
        progress: PostProgress,
    },
    /// The account's owner, or TikTok, took the authorization back. The token is dead already.
    AuthorizationRemoved {
        /// TikTok's number for why.
        reason: RemovalReason,
    },
    /// Nothing that we act on.
    None,
}

/// Where a post is, as a webhook tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostProgress {
    /// A draft waits in the person's inbox.
    InboxDelivered,
    /// Posted. Not yet proof that anybody can see it.
    Complete,
    /// Anybody can see it, under this id. One draft may become several posts.
    Public {
        /// The public id.
        post_id: String,
    },
    /// It was public under this id, and no longer is.
    NoLongerPublic {
        /// The public id.
        post_id: String,
    },
    /// Failed, with TikTok's reason.
    Failed {
        /// The `fail_reason` vocabulary.
        reason: Option<String>,
    },
}

#[derive(Deserialize)]
struct Envelope<'a> {
    event: String,
    #[serde(default, deserialize_with = "lenient::text")]
    client_key: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    create_time: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    user_openid: Option<String>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Content {
    #[serde(default, deserialize_with = "lenient::text")]
    publish_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    post_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    reason: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    fail_reason: Option<String>,
}

/// Reads a delivery's body.
///
/// # Errors
/// The body isn't JSON of the documented shape.
pub fn parse(body: &[u8]) -> Result<Event, serde_json::Error> {
    let envelope: Envelope<'_> = lenient::object(body)?;
    let content_json = content_json(envelope.content);
    let content: Content = lenient::object(content_json.as_bytes()).unwrap_or_default();
    Ok(Event {
        external_id: external_id(&envelope, &content, &content_json),
        change: change(&envelope.event, content),
        occurred_at: occurred_at(envelope.create_time.as_deref()),
        event_type: envelope.event,
        client_key: envelope.client_key,
        user_openid: envelope.user_openid,
    })
}

/// The app that a delivery names, where its body can be read at all.
pub fn client_key(body: &[u8]) -> Option<String> {
    lenient::object::<Envelope<'_>>(body).ok()?.client_key
}

/// The content's own JSON: normally it's wrapped in a string, an object is tolerated.
fn content_json(content: Option<&RawValue>) -> String {
    let raw = content.map_or("{}", RawValue::get);
    serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned())
}

fn occurred_at(create_time: Option<&str>) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(create_time?.parse().ok()?).ok()
}

/// The whole content belongs to the id: two drafts finished in the same second differ only there.
fn external_id(envelope: &Envelope<'_>, content: &Content, content_json: &str) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let said = if content.publish_id.is_some() {
        event_id::of(&[&part(&content.publish_id), &part(&content.post_id), &part(&content.reason)])
    } else {
        event_id::canonical(content_json)
    };
    event_id::of(&[
        &part(&envelope.client_key),
        &envelope.event,
        &part(&envelope.user_openid),
        &part(&envelope.create_time),
        &said,
    ])
}

fn change(event: &str, content: Content) -> Change {
    if event == "authorization.removed" {
        let reason = content.reason.and_then(|reason| reason.parse().ok()).unwrap_or(0);
        return Change::AuthorizationRemoved { reason: RemovalReason::from(reason) };
    }
    let Some(publish_id) = content.publish_id.clone().filter(|id| !id.is_empty()) else { return Change::None };
    progress(event, content).map_or(Change::None, |progress| Change::Post { publish_id, progress })
}

/// `None` for what says nothing of a post, or leaves out what it must say.
fn progress(event: &str, content: Content) -> Option<PostProgress> {
    let post_id = content.post_id.filter(|id| !id.is_empty());
    match event {
        "post.publish.inbox_delivered" => Some(PostProgress::InboxDelivered),
        "post.publish.complete" => Some(PostProgress::Complete),
        "post.publish.failed" => Some(PostProgress::Failed { reason: content.reason.or(content.fail_reason) }),
        "post.publish.publicly_available" => post_id.map(|post_id| PostProgress::Public { post_id }),
        // TikTok's own spelling, and the one that it may correct it to.
        "post.publish.no_longer_publicaly_available" | "post.publish.no_longer_publicly_available" => {
            post_id.map(|post_id| PostProgress::NoLongerPublic { post_id })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
