//! TikTok for developers, as far as it's simulated: login, profile, publishing a video, webhooks.

mod authorization;
mod bearer;
mod consent;
mod grants;
mod people;
mod publishing;
mod refusal;
mod removals;
mod settings;
mod token;
mod user_info;
mod webhooks;

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use axum::{Router, response::Response};

use crate::{
    Server,
    control::{Control, Platform, controlled, held},
    delivery::Courier,
};
use grants::Grants;
use people::Person;
use publishing::{Posts, RateLimits};
use settings::Settings;

pub use webhooks::sign;

/// The simulated platform.
#[derive(Debug)]
pub struct Simulator {
    server: Server,
    state: Arc<State>,
}

/// Our app in TikTok's portal.
#[derive(Debug, Clone)]
pub struct App {
    /// Names the app.
    pub client_key: String,
    /// Signs webhooks and proves the app to the token endpoint.
    pub client_secret: String,
}

struct State {
    app: App,
    courier: Courier,
    callback: Mutex<Option<String>>,
    control: Control<Settings, Person>,
    grants: Mutex<Grants>,
    posts: Mutex<Posts>,
    rate_limits: Mutex<RateLimits>,
}

impl Simulator {
    /// Starts the platform with one registered app and one person, Ada.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(app: App) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let control = Control::new(Settings::default(), vec![Person::ada()]);
        let state = Arc::new(State {
            app,
            courier: Courier::new()?,
            callback: Mutex::default(),
            control,
            grants: Mutex::default(),
            posts: Mutex::default(),
            rate_limits: Mutex::default(),
        });
        let router = Router::new()
            .merge(consent::routes())
            .merge(token::routes())
            .merge(user_info::routes())
            .merge(publishing::routes())
            .merge(removals::routes())
            .merge(webhooks::routes())
            .fallback(refusal::unknown_path);
        Ok(Self { server: Server::start(controlled(router, Arc::clone(&state))).await?, state })
    }

    /// The base address, without a final slash.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Registers one more address that people may be sent back to.
    pub fn allow_redirect(&self, uri: &str) {
        self.state.control.redirect_uris().allow(uri);
    }
}

/// Nothing but secrets.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

impl Platform for State {
    type Settings = Settings;
    type Person = Person;

    fn control(&self) -> &Control<Settings, Person> {
        &self.control
    }

    fn check_redirect_uri(uri: &str) -> Result<(), String> {
        settings::check_redirect_uri(uri)
    }

    fn rate_limited(&self, path: &str) -> Response {
        self.refuse(path, "rate_limit_exceeded")
    }

    fn refuse(&self, path: &str, code: &str) -> Response {
        refusal::in_the_shape_of(path, code, self.control.settings().oauth_error_status)
    }

    fn kill_tokens(&self) {
        held(&self.grants).end_all();
    }

    fn lives(&self, secret: &str) -> bool {
        held(&self.grants).lives(secret, self.control.now()) || self.takes_bytes(secret)
    }

    fn catch_up(self: &Arc<Self>) {
        self.move_posts();
    }
}
