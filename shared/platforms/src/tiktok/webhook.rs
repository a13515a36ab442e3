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
    /// Why nothing can be done with an event that is known here.
    pub problem: Option<&'static str>,
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
    let external_id = external_id(&envelope, &content, &content_json);
    let occurred_at = occurred_at(envelope.create_time.as_deref());
    let user_openid = envelope.user_openid.filter(|open_id| !open_id.is_empty());
    let read = if envelope.event == "authorization.removed" {
        removal(content, user_openid.is_some() && occurred_at.is_some())
    } else {
        post(&envelope.event, content)
    };
    let (change, problem) = read.map_or_else(|problem| (Change::None, Some(problem)), |change| (change, None));
    let (event_type, client_key) = (envelope.event, envelope.client_key);
    Ok(Event { external_id, event_type, client_key, user_openid, occurred_at, change, problem })
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

/// Years of four digits: no other time means anything here, or fits a column.
fn occurred_at(create_time: Option<&str>) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::from_unix_timestamp(create_time?.parse().ok()?).ok();
    at.filter(|at| (1970..=9999).contains(&at.year()))
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

/// Without the account or the time it can't be told which grant is gone.
fn removal(content: Content, is_told_apart: bool) -> Result<Change, &'static str> {
    let reason = content.reason.and_then(|reason| reason.parse().ok()).unwrap_or(0);
    let removed = Change::AuthorizationRemoved { reason: RemovalReason::from(reason) };
    if is_told_apart { Ok(removed) } else { Err("the removal names no account, or no time") }
}

fn post(event: &str, content: Content) -> Result<Change, &'static str> {
    let publish_id = content.publish_id.clone().filter(|id| !id.is_empty());
    match (progress(event, content)?, publish_id) {
        (None, _) => Ok(Change::None),
        (Some(progress), Some(publish_id)) => Ok(Change::Post { publish_id, progress }),
        (Some(_), None) => Err("the post has no publish_id"),
    }
}

/// `None` for what says nothing of a post.
fn progress(event: &str, content: Content) -> Result<Option<PostProgress>, &'static str> {
    let post_id = content.post_id.filter(|id| !id.is_empty()).ok_or("the public post has no post_id");
    Ok(Some(match event {
        "post.publish.inbox_delivered" => PostProgress::InboxDelivered,
        "post.publish.complete" => PostProgress::Complete,
        "post.publish.failed" => PostProgress::Failed { reason: content.reason.or(content.fail_reason) },
        "post.publish.publicly_available" => PostProgress::Public { post_id: post_id? },
        // TikTok's own spelling, and the one that it may correct it to.
        "post.publish.no_longer_publicaly_available" | "post.publish.no_longer_publicly_available" => {
            PostProgress::NoLongerPublic { post_id: post_id? }
        }
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests;
