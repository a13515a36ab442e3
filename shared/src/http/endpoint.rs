//! One route's function: the limiter in front, the handler, and what every answer carries.

use std::{convert::Infallible, time::Instant};

use lambda_http::{Adapter, Body, LambdaEvent, Response, Service as _, request::LambdaRequest, service_fn};
use tracing::Instrument as _;

use super::{ApiError, Caller, Reply, Request, error::seconds_up};
use crate::{
    cache::{CacheError, Limit, Limiter, Verdict},
    telemetry::metrics,
};

/// What one route does.
pub trait Handle: Send + Sync {
    /// Answers a request that has passed the limiter.
    fn handle(&self, request: &Request) -> impl Future<Output = Result<Reply, ApiError>> + Send;
}

/// An HTTP function. It can't be made without a limiter, so no route is without one.
#[derive(Debug)]
pub struct Endpoint<A> {
    name: &'static str,
    app: A,
    limiter: Limiter,
    counts: Counts,
}

/// Which requests count against the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    /// Each one, before the handler sees it.
    Every,
    /// The ones that the handler turned away.
    Refused,
}

impl<A: Handle> Endpoint<A> {
    /// The function `name` around `app`, where every request counts against its address and its user.
    pub fn new(name: &'static str, app: A, limiter: Limiter) -> Self {
        Self { name, app, limiter, counts: Counts::Every }
    }

    /// A function whose callers prove themselves by signature: what the handler accepts never meets the limiter, what
    /// it turns away counts against its address.
    pub fn for_signed_callers(name: &'static str, app: A, limiter: Limiter) -> Self {
        Self { name, app, limiter, counts: Counts::Refused }
    }

    /// Serves invocations until the sandbox ends.
    ///
    /// # Errors
    /// The Runtime API went away.
    pub async fn run(&self) -> Result<(), lambda_http::Error> {
        let answer = async |request: lambda_http::Request| Ok::<_, Infallible>(self.call(request.into()).await);
        let adapter = Adapter::from(service_fn(answer));
        lambda_runtime::run(service_fn(move |event| adapter.clone().call(without_forwarded_scheme(event)))).await
    }

    /// Answers one request. Failures become the envelope here and nowhere else.
    pub async fn call(&self, request: Request) -> Response<Body> {
        let correlation_id = request.correlation_id();
        let correlation_id = correlation_id.as_ref().map(|id| id.as_str()).unwrap_or_default();
        let span = tracing::info_span!("request", correlation_id, route = request.route());
        let reply = self.timed(&request).instrument(span).await;
        reply.with_header("x-correlation-id", correlation_id).into_response()
    }

    async fn timed(&self, request: &Request) -> Reply {
        let start = Instant::now();
        let reply = self.limited(request).await;
        tracing::info!(status = reply.status().as_u16(), duration_ms = start.elapsed().as_millis() as u64, "answered");
        reply
    }

    async fn limited(&self, request: &Request) -> Reply {
        let verdict = match self.counts {
            Counts::Every => self.check(request).await,
            Counts::Refused => None,
        };
        if let Some(verdict) = verdict.filter(|verdict| !verdict.allowed) {
            return with_limits(failed(&ApiError::rate_limited(&verdict)), &verdict);
        }
        match (self.app.handle(request).await, verdict) {
            (Ok(reply), Some(verdict)) => with_limits(reply, &verdict),
            (Ok(reply), None) => reply,
            (Err(error), Some(verdict)) => with_limits(failed(&error), &verdict),
            (Err(error), None) => self.turned_away(error, request).await,
        }
    }

    /// A refused request counts against its address, and beyond the limit learns only that.
    async fn turned_away(&self, error: ApiError, request: &Request) -> Reply {
        // A signed delivery that is too large is refused as well, but its sender has proved to be the platform.
        let forged = matches!(error.code().status().as_u16(), 400..=404);
        let verdict = if forged && self.counts == Counts::Refused { self.check(request).await } else { None };
        match verdict {
            Some(verdict) if !verdict.allowed => with_limits(failed(&ApiError::rate_limited(&verdict)), &verdict),
            Some(verdict) => with_limits(failed(&error), &verdict),
            None => failed(&error),
        }
    }

    /// `None` when nothing can be counted: without Redis the request goes through, API Gateway's throttle behind it.
    async fn check(&self, request: &Request) -> Option<Verdict> {
        let user = Caller::of(request).ok().map(|caller| Limit::User(caller.user));
        let limits: Vec<_> = user.into_iter().chain(request.source_ip().map(Limit::Ip)).collect();
        match self.limiter.check(self.name, &limits).await {
            Ok(verdict) => {
                verdict.filter(|verdict| !verdict.allowed).inspect(|_| metrics::rate_limit_hit(self.name));
                verdict
            }
            Err(error) => {
                self.unlimited(&error);
                None
            }
        }
    }

    fn unlimited(&self, error: &CacheError) {
        metrics::limiter_unavailable(self.name);
        tracing::warn!(cause = ?error, "the limiter is not available, the request goes through");
    }
}

/// Drops the header that lambda_http takes the scheme of the request's URL from. Nothing here reads that URL, and a caller
/// who writes nonsense there would make it panic.
fn without_forwarded_scheme(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload {
        request.headers.remove("x-forwarded-proto");
    }
    event
}

fn failed(error: &ApiError) -> Reply {
    error.log();
    error.to_reply()
}

/// The headers of the IETF draft "RateLimit header fields for HTTP", in its form with one header a value.
fn with_limits(reply: Reply, verdict: &Verdict) -> Reply {
    reply
        .with_header("ratelimit-limit", &verdict.limit.to_string())
        .with_header("ratelimit-remaining", &verdict.remaining.to_string())
        .with_header("ratelimit-reset", &seconds_up(verdict.reset))
}
