//! Turns a delivery into events, each with what it changes.

use platforms::{
    instagram,
    tiktok::{self, webhook::PostProgress},
};
use time::OffsetDateTime;

use crate::{
    domain::{
        AuthorizationRemoval, Change, InstagramComment, Platform, PostStatus, PublicPost, StoredEvent,
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
    events.unwrap_or_else(|error| vec![malformed(delivery, &error)])
}

/// An event as it was stored, for applying it later or again. Its name stays the one that it was stored under.
pub(super) fn of_stored(stored: &StoredEvent) -> WebhookEvent {
    let account = stored.subject_id.as_deref().unwrap_or_default();
    let change = match stored.platform {
        Platform::TikTok => tiktok::webhook::parse(&stored.payload).map_or(Change::None, |event| tiktok_change(&event)),
        Platform::Instagram => instagram::webhook::parse_change(account, &stored.payload)
            .map_or(Change::None, |event| instagram_change(event.change, account)),
    };
    WebhookEvent {
        platform: stored.platform,
        event_type: stored.event_type.clone(),
        external_id: stored.external_id.clone(),
        subject_id: stored.subject_id.clone(),
        payload: stored.payload.clone(),
        occurred_at: None,
        received_at: stored.received_at,
        correlation_id: stored.correlation_id.clone(),
        error: None,
        change,
    }
}

fn from_tiktok(event: tiktok::webhook::Event, delivery: &Delivery) -> WebhookEvent {
    WebhookEvent {
        event_type: event.event_type.clone(),
        subject_id: event.user_openid.clone(),
        occurred_at: event.occurred_at,
        change: tiktok_change(&event),
        ..bare(delivery, event.external_id)
    }
}

fn tiktok_change(event: &tiktok::webhook::Event) -> Change {
    use tiktok::webhook::Change as Said;
    match (&event.change, &event.user_openid, event.occurred_at) {
        (Said::Post { publish_id, progress }, _, at) => tiktok_post(publish_id, progress, at),
        (Said::AuthorizationRemoved { reason }, Some(open_id), Some(at)) => {
            let reason = ErrorCode::from(reason).as_str();
            Change::AuthorizationRemoved(AuthorizationRemoval { open_id: open_id.clone(), at, reason })
        }
        // Without the account or the time it can't be told which grant is gone.
        (Said::AuthorizationRemoved { .. }, _, _) | (Said::None, _, _) => Change::None,
    }
}

fn tiktok_post(publish_id: &str, progress: &PostProgress, at: Option<OffsetDateTime>) -> Change {
    let (status, reason, post_id, is_public) = match progress {
        PostProgress::InboxDelivered => (PostStatus::SendToUserInbox, None, None, false),
        PostProgress::Complete => (PostStatus::PublishComplete, None, None, false),
        PostProgress::Failed { reason } => (PostStatus::Failed, reason.clone(), None, false),
        PostProgress::Public { post_id } => (PostStatus::PublishComplete, None, Some(post_id), true),
        PostProgress::NoLongerPublic { post_id } => (PostStatus::PublishComplete, None, Some(post_id), false),
    };
    let public = post_id.filter(|id| fits(id)).zip(at);
    let public = public.map(|(post_id, at)| PublicPost { post_id: post_id.clone(), is_public, at });
    Change::TikTokPost(TikTokPostReport { publish_id: publish_id.to_owned(), status, reason, public })
}

fn from_instagram(event: instagram::webhook::Event, delivery: &Delivery) -> WebhookEvent {
    WebhookEvent {
        event_type: event.event_type,
        payload: event.payload.get().as_bytes().to_vec(),
        change: instagram_change(event.change, &event.account_id),
        subject_id: Some(event.account_id),
        ..bare(delivery, event.external_id)
    }
}

fn instagram_change(change: instagram::webhook::Change, account_id: &str) -> Change {
    let instagram::webhook::Change::Comment(comment) = change else { return Change::None };
    let ids = [Some(&comment.id), Some(&comment.media_id), comment.parent_id.as_ref(), comment.from_id.as_ref()];
    if !ids.into_iter().flatten().all(|id| fits(id)) {
        return Change::None;
    }
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

/// Whether a column can hold this id. The platforms' own have about 20 digits.
fn fits(id: &str) -> bool {
    (1..=255).contains(&id.chars().count())
}

fn malformed(delivery: &Delivery, error: &serde_json::Error) -> WebhookEvent {
    WebhookEvent {
        event_type: "malformed".to_owned(),
        error: Some(format!("not the documented JSON: {error}")),
        ..bare(delivery, platforms::body_id(&delivery.body))
    }
}

fn bare(delivery: &Delivery, external_id: String) -> WebhookEvent {
    WebhookEvent {
        platform: delivery.platform,
        event_type: String::new(),
        external_id,
        subject_id: None,
        payload: delivery.body.clone(),
        occurred_at: None,
        received_at: delivery.received_at,
        correlation_id: delivery.correlation_id.clone(),
        error: None,
        change: Change::None,
    }
}
