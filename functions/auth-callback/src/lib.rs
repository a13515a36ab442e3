//! `GET /api/auth/{platform}/callback`: the person comes back from the platform's consent page, and goes on to the app.

use platforms::secret::AuthorizationCode;
use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    crypto::Vault,
    http::{ApiError, Endpoint, Handle, Reply, Request},
    queue::Queue,
    services::{
        apps::PlatformApps,
        connect::{Callback, PlatformClients, Recorder, RedirectUris, Refusal, Returned, cookie_name},
    },
    store::Database,
};

/// The function's name.
pub const NAME: &str = "auth-callback";

/// What the route needs.
#[derive(Debug)]
pub struct App {
    callback: Callback,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let aws = aws::load(vars)?;
    let recorder = Recorder {
        database: Database::load(vars, &aws)?,
        vault: Vault::load(vars, &aws)?,
        subscriptions: Queue::new(aws_sdk_sqs::Client::new(&aws), vars.required("SUBSCRIPTIONS_QUEUE_URL")?),
    };
    let callback = Callback {
        clients: PlatformClients::load(vars)?,
        apps: PlatformApps::load(vars, &aws_sdk_secretsmanager::Client::new(&aws))?,
        redirect_uris: RedirectUris::load(vars)?,
        pkce: vars.required("TIKTOK_PKCE")?,
        recorder,
    };
    Ok(Endpoint::new(NAME, App { callback }, Limiter::load(vars)?))
}

impl Handle for App {
    async fn handle(&self, request: &Request) -> Result<Reply, ApiError> {
        let platform = request.platform()?;
        let (returned, visitor) = (returned(request), request.visitor());
        let cookie = returned.state.as_deref().map(cookie_name);
        match self.callback.complete(platform, returned, &visitor).await {
            Ok(ending) => {
                let reply = Reply::redirect(ending.to.as_str());
                let expired = |name| format!("{name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
                Ok(cookie.map(expired).iter().fold(reply, |reply, value| reply.with_header("set-cookie", value)))
            }
            Err(error) => {
                self.callback.failed(platform, None, &error, &visitor).await;
                Err(error.into())
            }
        }
    }
}

/// What the query and the cookie say. Instagram's redirects end in `#_`, which a router may hand over with the code.
fn returned(request: &Request) -> Returned {
    let state = request.query("state");
    let cookie = state.as_deref().and_then(|state| request.cookie(&cookie_name(state))).map(str::to_owned);
    let code = request.query("code").map(|code| code.trim_end_matches("#_=_").trim_end_matches("#_").to_owned());
    Returned {
        state,
        cookie,
        code: code.map(AuthorizationCode::from),
        refusal: Refusal {
            error: request.query("error"),
            reason: request.query("error_reason"),
            code: request.query("errCode").or_else(|| request.query("error_code")),
        },
        members: request.query_names(),
    }
}
