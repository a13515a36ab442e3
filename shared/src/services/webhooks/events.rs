//! Turns a delivery into events, each with what it changes.

use platforms::{instagram, tiktok};

use crate::{
    domain::{Change, InstagramComment, Platform, PostStatus, TikTokPostReport, WebhookEvent},
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

fn from_tiktok(event: tiktok::webhook::Event, delivery: &Delivery) -> WebhookEvent {
    WebhookEvent {
        event_type: event.event_type,
        subject_id: event.user_openid,
        occurred_at: event.occurred_at,
        change: tiktok_change(event.change),
        ..bare(delivery, event.external_id)
    }
}

fn tiktok_change(change: tiktok::webhook::Change) -> Change {
    use tiktok::webhook::{Change as Said, PostProgress};
    let Said::Post { publish_id, progress } = change else { return Change::None };
    let (status, reason) = match progress {
        PostProgress::InboxDelivered => (PostStatus::SendToUserInbox, None),
        PostProgress::Complete => (PostStatus::PublishComplete, None),
        PostProgress::Failed { reason } => (PostStatus::Failed, reason),
    };
    Change::TikTokPost(TikTokPostReport { publish_id, status, reason })
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
    match change {
        instagram::webhook::Change::Comment(comment) => Change::InstagramComment(InstagramComment {
            account_id: account_id.to_owned(),
            media_id: comment.media_id,
            id: comment.id,
            parent_id: comment.parent_id,
            from_id: comment.from_id,
            username: comment.username,
            text: comment.text,
        }),
        instagram::webhook::Change::None => Change::None,
    }
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
