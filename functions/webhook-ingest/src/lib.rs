//! `GET, POST /api/webhooks/{platform}`: Meta's handshake; deliveries verified, queued and only then answered with 200.

use http::Method;
use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    domain::{Platform, catalogue::ErrorCode},
    http::{ApiError, Endpoint, Handle, Reply, Request, StatusCode},
    queue::Queue,
    services::{
        apps::PlatformApps,
        webhooks::ingest::{Ingest, Received},
    },
};
use time::OffsetDateTime;

/// The function's name.
pub const NAME: &str = "webhook-ingest";

/// What the route needs.
#[derive(Debug)]
pub struct App {
    ingest: Ingest,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let aws = aws::load(vars)?;
    let ingest = Ingest {
        apps: PlatformApps::load(vars, &aws_sdk_secretsmanager::Client::new(&aws))?,
        queue: Queue::new(aws_sdk_sqs::Client::new(&aws), vars.required("WEBHOOKS_QUEUE_URL")?),
    };
    Ok(Endpoint::for_signed_callers(NAME, App { ingest }, Limiter::load(vars)?))
}

impl Handle for App {
    async fn handle(&self, request: &Request) -> Result<Reply, ApiError> {
        let platform = request.platform()?;
        match *request.method() {
            Method::GET => self.handshake(platform, request).await,
            _ => self.deliver(platform, request).await,
        }
    }
}

impl App {
    /// Meta asks once, when the callback is saved: answered with the challenge exactly. TikTok has no handshake.
    async fn handshake(&self, platform: Platform, request: &Request) -> Result<Reply, ApiError> {
        match platform {
            Platform::TikTok => Err(ApiError::new(ErrorCode::NotFound, "TikTok has no handshake")),
            Platform::Instagram => {
                let parameter = |name| request.query(name).unwrap_or_default();
                if parameter("hub.mode") != "subscribe" {
                    return Err(ApiError::new(ErrorCode::InvalidVerifyToken, "hub.mode is not subscribe"));
                }
                self.ingest.handshake(&parameter("hub.verify_token")).await?;
                let challenge = request.query("hub.challenge").filter(|challenge| !challenge.is_empty());
                let missing = || ApiError::new(ErrorCode::InvalidRequest, "hub.challenge is missing");
                Ok(Reply::new(StatusCode::OK, "text/plain", challenge.ok_or_else(missing)?))
            }
        }
    }

    async fn deliver(&self, platform: Platform, request: &Request) -> Result<Reply, ApiError> {
        let correlation_id = request.correlation_id();
        let received = Received {
            signature: request.header(Ingest::signature_header(platform)).unwrap_or_default(),
            body: request.body(),
            at: OffsetDateTime::now_utc(),
            correlation_id: correlation_id.as_ref(),
        };
        self.ingest.deliver(platform, received).await?;
        Ok(Reply::new(StatusCode::OK, "text/plain", "ok"))
    }
}
