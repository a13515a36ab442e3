//! `GET /api/auth/{platform}/callback`: the person comes back from the platform's consent page, and goes on to the app.

use platforms::secret::{AuthorizationCode, LoginCookie};
use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    crypto::Vault,
    http::{ApiError, Endpoint, Handle, Reply, Request},
    queue::Queue,
    services::{
        apps::PlatformApps,
        connect::{COOKIE_PREFIX, Callback, PlatformClients, Recorder, RedirectUris, Refusal, Returned},
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
        let visitor = request.visitor();
        match self.callback.complete(platform, returned(request), &visitor).await {
            Ok(ending) => {
                let expired = format!("{}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax", ending.cookie_name);
                Ok(Reply::redirect(ending.to.as_str()).with_header("set-cookie", &expired))
            }
            Err(error) => {
                self.callback.failed(platform, None, &error, &visitor).await;
                Err(error.into())
            }
        }
    }
}

/// What the query and the cookies say. Instagram's redirects end in `#_`, which a router may hand over with the code.
fn returned(request: &Request) -> Returned {
    let cookies = request.cookies(COOKIE_PREFIX).into_iter();
    let code = request.query("code").map(|code| code.trim_end_matches("#_=_").trim_end_matches("#_").to_owned());
    Returned {
        state: request.query("state"),
        cookies: cookies.map(|(name, value)| (name, LoginCookie::from(value))).collect(),
        code: code.map(AuthorizationCode::from),
        refusal: Refusal {
            error: request.query("error"),
            reason: request.query("error_reason"),
            code: request.query("errCode").or_else(|| request.query("error_code")),
        },
        members: request.query_names(),
    }
}
