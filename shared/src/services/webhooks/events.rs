//! Turns a delivery into events, each with what it changes.

use std::collections::{BTreeMap, btree_map::Entry};

use platforms::{
    instagram::{
        self,
        webhook::{Author, frame},
    },
    tiktok::{self, code::FailReason, webhook::PostProgress},
};
use time::{Duration, OffsetDateTime};

use crate::{
    domain::{
        AuthorizationRemoval, Change, InstagramComment, Platform, PostFailure, PostStatus, PublicPost, StoredEvent,
        TikTokPostReport, WebhookEvent, catalogue::ErrorCode,
    },
    queue::webhooks::Delivery,
};

/// A delivery's events. One that can't be read at all is an event too, so that nothing which was answered 200 is lost.
pub(super) fn of(delivery: &Delivery) -> Vec<WebhookEvent> {
    let events = match delivery.platform {
        Platform::TikTok => tiktok::webhook::parse(&delivery.body).map(|event| vec![from_tiktok(event, delivery)]),
        Platform::Instagram => instagram::webhook::parse(&delivery.body)
            .map(|events| events.into_iter().map(|event| from_instagram(event, delivery)).collect()),
    };
    let events = events.unwrap_or_else(|error| vec![malformed(delivery, &error)]).into_iter();
    events.zip(0..).map(|(event, before)| later(event, Duration::microseconds(before))).collect()
}

/// The order within a delivery is a part of its events' time: it's kept wherever they wait, and comes back with them.
fn later(event: WebhookEvent, by: Duration) -> WebhookEvent {
    WebhookEvent { received_at: event.received_at + by, ..event }
}

/// Each event once, as it came in first, in the order of its key: batches that share keys take their locks in the same
/// order.
pub(super) fn distinct(events: impl Iterator<Item = WebhookEvent>) -> Vec<WebhookEvent> {
    let mut by_key: BTreeMap<_, WebhookEvent> = BTreeMap::new();
    for event in events {
        match by_key.entry((event.platform.as_str(), event.external_id.clone())) {
            Entry::Occupied(known) if known.get().received_at <= event.received_at => {}
            Entry::Occupied(mut known) => drop(known.insert(event)),
            Entry::Vacant(new) => drop(new.insert(event)),
        }
    }
    by_key.into_values().collect()
}

/// An event as it was stored, for applying it later or again: without its payload and author, which are stored already.
/// Its name stays the one that it was stored under.
pub(super) fn of_stored(stored: &StoredEvent) -> WebhookEvent {
    let account = stored.subject_id.as_deref().unwrap_or_default();
    let change = match stored.platform {
        Platform::TikTok => tiktok::webhook::parse(&stored.payload)
            .map_or(Change::None, |event| tiktok_change(&event, stored.received_at)),
        Platform::Instagram => instagram::webhook::parse_change(account, &stored.payload)
            .map_or(Change::None, |event| instagram_change(event.change, account)),
    };
    WebhookEvent {
        platform: stored.platform,
        event_type: stored.event_type.clone(),
        external_id: stored.external_id.clone(),
        subject_id: stored.subject_id.clone(),
        author: Author::default(),
        payload: Vec::new(),
        occurred_at: None,
        received_at: stored.received_at,
        correlation_id: stored.correlation_id.clone(),
        error: None,
        change: judged(change).0,
    }
}

/// Who wrote what a stored event tells of, as it's read today.
pub(super) fn author_of_stored(stored: &StoredEvent) -> Author {
    let mut authors = of(&delivery_of_stored(stored)).into_iter().map(|event| event.author);
    authors.find(|author| *author != Author::default()).unwrap_or_default()
}

fn from_tiktok(event: tiktok::webhook::Event, delivery: &Delivery) -> WebhookEvent {
    let (change, problem) = judged(tiktok_change(&event, delivery.received_at));
    WebhookEvent {
        event_type: event.event_type,
        subject_id: event.user_openid,
        occurred_at: event.occurred_at,
        change,
        error: event.problem.map(str::to_owned).or(problem),
        ..bare(delivery, event.external_id, delivery.body.clone())
    }
}

/// A change whose ids no column can hold changes nothing, and says so. The platforms' own have about 20 characters.
fn judged(change: Change) -> (Change, Option<String>) {
    let fits = |id: &String| (1..=255).contains(&id.chars().count()) && !id.contains('\0');
    let fit = match &change {
        Change::TikTokPost(report) => {
            fits(&report.publish_id) && report.public.as_ref().is_none_or(|post| fits(&post.post_id))
        }
        Change::AuthorizationRemoved(removal) => fits(&removal.open_id),
        Change::InstagramComment(comment) => {
            let optional = [&comment.parent_id, &comment.from_id].into_iter().flatten();
            [&comment.account_id, &comment.id, &comment.media_id].into_iter().chain(optional).all(fits)
        }
        Change::None => true,
    };
    if fit { (change, None) } else { (Change::None, Some("it has an id that no column holds".to_owned())) }
}

/// What has no time of its own happened when it came in: the best that is known.
fn tiktok_change(event: &tiktok::webhook::Event, received_at: OffsetDateTime) -> Change {
    use tiktok::webhook::Change as Said;
    match (&event.change, &event.user_openid, event.occurred_at) {
        (Said::Post { publish_id, progress }, _, at) => tiktok_post(publish_id, progress, at.unwrap_or(received_at)),
        (Said::AuthorizationRemoved { reason }, Some(open_id), Some(at)) => {
            let reason = ErrorCode::from(reason).as_str();
            Change::AuthorizationRemoved(AuthorizationRemoval { open_id: open_id.clone(), at, reason })
        }
        (Said::AuthorizationRemoved { .. }, _, _) | (Said::None, _, _) => Change::None,
    }
}

fn tiktok_post(publish_id: &str, progress: &PostProgress, at: OffsetDateTime) -> Change {
    let (status, failure, post_id, is_public) = match progress {
        PostProgress::InboxDelivered => (PostStatus::SendToUserInbox, None, None, false),
        PostProgress::Complete => (PostStatus::PublishComplete, None, None, false),
        PostProgress::Failed { reason } => (PostStatus::Failed, Some(failure(reason.as_deref())), None, false),
        PostProgress::Public { post_id } => (PostStatus::PublishComplete, None, Some(post_id), true),
        PostProgress::NoLongerPublic { post_id } => (PostStatus::PublishComplete, None, Some(post_id), false),
    };
    let public = post_id.map(|post_id| PublicPost { post_id: post_id.clone(), is_public, at });
    Change::TikTokPost(TikTokPostReport { publish_id: publish_id.to_owned(), status, failure, public })
}

fn failure(said: Option<&str>) -> PostFailure {
    let reason = said.map(FailReason::from);
    PostFailure {
        code: reason.as_ref().map_or(ErrorCode::PlatformRefused, ErrorCode::from).as_str(),
        said: said.map(str::to_owned),
        may_pass: matches!(reason, Some(FailReason::Internal | FailReason::TooManyPosts)),
    }
}

fn from_instagram(event: instagram::webhook::Event, delivery: &Delivery) -> WebhookEvent {
    let (change, problem) = judged(instagram_change(event.change, &event.account_id));
    WebhookEvent {
        event_type: event.event_type,
        change,
        error: event.problem.map(str::to_owned).or(problem),
        subject_id: Some(event.account_id).filter(|account| !account.is_empty()),
        author: event.author,
        ..bare(delivery, event.external_id, event.payload.get().as_bytes().to_vec())
    }
}

fn instagram_change(change: instagram::webhook::Change, account_id: &str) -> Change {
    let instagram::webhook::Change::Comment(comment) = change else { return Change::None };
    Change::InstagramComment(InstagramComment {
        account_id: account_id.to_owned(),
        media_id: comment.media_id,
        id: comment.id,
        parent_id: comment.parent_id,
        from_id: comment.from_id,
        username: comment.username,
        text: comment.text,
    })
}

/// A delivery that holds this event and no other.
pub(super) fn alone(event: &WebhookEvent, delivery: &Delivery) -> Delivery {
    let body = body_of(event.platform, &event.event_type, event.subject_id.as_deref(), &event.payload);
    Delivery { body, received_at: event.received_at, ..delivery.clone() }
}

/// The delivery that a stored event came in, or would have come in alone.
pub(super) fn delivery_of_stored(stored: &StoredEvent) -> Delivery {
    Delivery {
        platform: stored.platform,
        received_at: stored.received_at,
        correlation_id: stored.correlation_id.clone(),
        body: body_of(stored.platform, &stored.event_type, stored.subject_id.as_deref(), &stored.payload),
    }
}

/// TikTok's payload is the whole body; Meta's is mostly a piece of one.
fn body_of(platform: Platform, event_type: &str, account: Option<&str>, payload: &[u8]) -> Vec<u8> {
    match platform {
        Platform::TikTok => payload.to_vec(),
        Platform::Instagram => frame::delivery_of(account.unwrap_or_default(), event_type, payload),
    }
}

fn malformed(delivery: &Delivery, error: &serde_json::Error) -> WebhookEvent {
    WebhookEvent {
        event_type: frame::MALFORMED.to_owned(),
        error: Some(format!("not the documented JSON: {error}")),
        ..bare(delivery, platforms::body_id(&delivery.body), delivery.body.clone())
    }
}

fn bare(delivery: &Delivery, external_id: String, payload: Vec<u8>) -> WebhookEvent {
    WebhookEvent {
        platform: delivery.platform,
        event_type: String::new(),
        external_id,
        subject_id: None,
        author: Author::default(),
        payload,
        occurred_at: None,
        received_at: delivery.received_at,
        correlation_id: delivery.correlation_id.clone(),
        error: None,
        change: Change::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_deliveries_of_an_event_the_first_counts() {
        let received_at = OffsetDateTime::UNIX_EPOCH + Duration::DAY;
        let body = br#"{"event":"test.twice","content":"{}"}"#.to_vec();
        let first = Delivery { platform: Platform::TikTok, received_at, correlation_id: None, body };
        let again = Delivery { received_at: received_at + Duration::HOUR, ..first.clone() };
        for deliveries in [[&first, &again], [&again, &first]] {
            let events = distinct(deliveries.into_iter().flat_map(of));
            let received: Vec<_> = events.iter().map(|event| event.received_at).collect();
            assert_eq!(received, [received_at]);
        }
    }

    #[test]
    fn the_order_within_a_delivery_is_kept_by_each_event_alone() {
        let body = br#"{"entry":[{"id":"1","changes":[1,2]},{"id":"2","changes":[3]}]}"#.to_vec();
        let received_at = OffsetDateTime::UNIX_EPOCH;
        let delivery = Delivery { platform: Platform::Instagram, received_at, correlation_id: None, body };
        let alone = of(&delivery).iter().flat_map(|event| of(&alone(event, &delivery))).collect::<Vec<_>>();
        let times: Vec<_> = alone.iter().map(|event| (event.received_at - received_at).whole_microseconds()).collect();
        let payloads: Vec<_> = alone.iter().map(|event| event.payload.as_slice()).collect();
        assert_eq!((payloads, times), (vec![b"1".as_slice(), b"2", b"3"], vec![0, 1, 2]));
    }
}
