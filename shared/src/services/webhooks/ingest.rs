//! Takes deliveries in: verified over their raw bytes, answered once SQS has confirmed them.

use std::borrow::Cow;

use platforms::{
    instagram,
    secret::AppSecret,
    tiktok::{signature::SignatureHeader, webhook::client_key},
};
use time::{Duration, OffsetDateTime};

use crate::{
    config::{SecretError, Versions},
    domain::{CorrelationId, Platform},
    queue::{Queue, QueueError, webhooks::Delivery},
    services::apps::{MetaApp, PlatformApps, TikTokApp},
};

/// What a delivery needs on its way in.
#[derive(Debug)]
pub struct Ingest {
    /// Our apps, whose secrets sign what is delivered.
    pub apps: PlatformApps,
    /// Where verified deliveries go.
    pub queue: Queue,
}

/// A delivery or handshake that isn't taken.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No signature, or none of ours.
    #[error("the signature is missing, malformed, too old or not ours")]
    InvalidSignature,
    /// The handshake doesn't know our word.
    #[error("the verify token is not ours")]
    InvalidVerifyToken,
    /// It doesn't fit into one message of the queue, and can't be cut into several.
    #[error("the delivery has one event of more than {max} bytes")]
    TooLarge {
        /// The most bytes of an event.
        max: usize,
    },
    /// A secret could not be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The queue didn't confirm.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// A delivery as it came in, before anything is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The signature header's value.
    pub signature: &'a str,
    /// The raw bytes.
    pub body: &'a [u8],
    /// When it came in.
    pub at: OffsetDateTime,
    /// Ties the rows to the request.
    pub correlation_id: Option<&'a CorrelationId>,
}

impl Ingest {
    /// The header that carries the platform's signature.
    pub fn signature_header(platform: Platform) -> &'static str {
        match platform {
            Platform::TikTok => "tiktok-signature",
            Platform::Instagram => "x-hub-signature-256",
        }
    }

    /// Verifies a delivery and queues it, in several messages where it's too large for one. `Ok` means that SQS has
    /// confirmed every part.
    ///
    /// # Errors
    /// See [`IngestError`]. Parts may have been queued all the same: the platform delivers again, and their events are
    /// recognised.
    pub async fn deliver(&self, platform: Platform, received: Received<'_>) -> Result<(), IngestError> {
        let verified = match platform {
            Platform::TikTok => self.verify_tiktok(received).await?,
            Platform::Instagram => self.verify_instagram(received).await?,
        };
        if !verified {
            return Err(IngestError::InvalidSignature);
        }
        for (part, received_at) in parts(platform, received.body)?.into_iter().zip(moments(received.at)) {
            let correlation_id = received.correlation_id.cloned();
            let delivery = Delivery { platform, received_at, correlation_id, body: part.into_owned() };
            self.queue.send(delivery.to_message()).await?;
        }
        Ok(())
    }

    /// Meta's handshake: whether `token` is the word that we agreed on.
    ///
    /// # Errors
    /// It isn't, or the secret could not be read.
    pub async fn handshake(&self, token: &str) -> Result<(), IngestError> {
        let knows = |apps: &Versions<MetaApp>| apps.iter().any(|app| app.verify_token.matches(token));
        let known = knows(&*self.apps.meta.get().await?) || knows(&*self.apps.meta.reread().await?);
        if known { Ok(()) } else { Err(IngestError::InvalidVerifyToken) }
    }

    /// With the current or the previous secret, and read anew when neither fits: they may just have been rotated.
    async fn verify_tiktok(&self, received: Received<'_>) -> Result<bool, SecretError> {
        let Some(header) = SignatureHeader::parse(received.signature).filter(|header| header.is_timely(received.at))
        else {
            return Ok(false);
        };
        let for_app = |app: &TikTokApp| client_key(received.body).is_none_or(|key| key == app.client_key);
        let signed_by_us = |apps: &Versions<TikTokApp>| {
            apps.iter().any(|app| header.verifies(&app.client_secret, received.body) && for_app(app))
        };
        let app = &self.apps.tiktok;
        Ok(signed_by_us(&*app.get().await?) || signed_by_us(&*app.reread().await?))
    }

    /// By either of Meta's apps: which one signs which delivery isn't documented.
    async fn verify_instagram(&self, received: Received<'_>) -> Result<bool, SecretError> {
        let signed_by = |secret: &AppSecret| instagram::signature::verifies(received.signature, secret, received.body);
        let (meta, instagram) = (&self.apps.meta, &self.apps.instagram);
        Ok(meta.get().await?.iter().any(|app| signed_by(&app.app_secret))
            || instagram.get().await?.iter().any(|app| signed_by(&app.app_secret))
            || meta.reread().await?.iter().any(|app| signed_by(&app.app_secret))
            || instagram.reread().await?.iter().any(|app| signed_by(&app.app_secret)))
    }
}

/// When each part came in: one after the other, since the later of two words counts. Within a part it's microseconds,
/// and 10,000 events, which would reach into the next part, would have 78 bytes each.
fn moments(first: OffsetDateTime) -> impl Iterator<Item = OffsetDateTime> {
    (0..).map(move |part| first + Duration::milliseconds(10) * part)
}

/// The body, cut so that each part fits into a message. A TikTok delivery is a single event, which can't be cut.
fn parts(platform: Platform, body: &[u8]) -> Result<Vec<Cow<'_, [u8]>>, IngestError> {
    const MAX: usize = Delivery::MAX_BODY_BYTES;
    if body.len() <= MAX {
        return Ok(vec![Cow::Borrowed(body)]);
    }
    let parts = match platform {
        Platform::TikTok => None,
        Platform::Instagram => instagram::split::split(body, MAX),
    };
    let parts = parts.ok_or(IngestError::TooLarge { max: MAX })?;
    Ok(parts.into_iter().map(Cow::Owned).collect())
}
