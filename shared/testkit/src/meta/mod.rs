//! Meta, as far as it's simulated: both logins, the Graph API's reads about accounts, webhook subscriptions, webhooks.
//!
//! | file | of |
//! |---|---|
//! | `facebook_login`, `code_exchange` | www.facebook.com's dialog, and what its code turns into |
//! | `instagram_login`, `instagram_token` | the same for Instagram Login |
//! | `graph`, `fields`, `paging`, `error` | what every call of the Graph API has in common |
//! | `me`, `permissions`, `pages`, `debug_token`, `page_subscription`, `subscriptions` | its paths |
//! | `removals`, `signed_request` | who removes the app or wants data deleted, and how the app hears of it |
//! | `deaths` | what else ends tokens |

mod code_exchange;
mod deaths;
mod debug_token;
mod dialog;
mod error;
mod facebook_login;
mod fields;
mod grants;
mod graph;
mod instagram_login;
mod instagram_token;
mod me;
mod page_subscription;
mod pages;
mod paging;
mod people;
mod permissions;
mod removals;
mod scopes;
mod settings;
mod signed_request;
mod subscriptions;
mod webhooks;

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    response::{IntoResponse, Response},
};

use crate::{
    Server,
    control::{Control, Platform, controlled, held},
    delivery::Courier,
};
use error::GraphError;
use grants::Grants;
use people::Person;
use settings::Settings;

pub use signed_request::signed_request;
pub use webhooks::sign;

/// The simulated platform.
#[derive(Debug)]
pub struct Simulator {
    server: Server,
    state: Arc<State>,
}

/// Our app in Meta's dashboard.
#[derive(Debug, Clone)]
pub struct App {
    /// Names the app.
    pub app_id: String,
    /// Signs webhooks and proves the app.
    pub app_secret: String,
}

/// The two identities that one app has there.
#[derive(Debug, Clone)]
pub struct Apps {
    /// For Facebook Login and webhooks.
    pub facebook: App,
    /// For Instagram Login.
    pub instagram: App,
}

struct State {
    app: App,
    instagram_app: App,
    courier: Courier,
    callback: Mutex<Option<String>>,
    control: Control<Settings, Person>,
    grants: Mutex<Grants>,
}

impl Simulator {
    /// Starts the platform with one registered app and one person: Ada, who has two Pages, of which one leads to the
    /// Instagram account `example_bakery`.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(apps: Apps) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let control = Control::new(Settings::default(), vec![Person::ada()]);
        let (courier, callback, grants) = (Courier::new()?, Mutex::default(), Mutex::default());
        let Apps { facebook: app, instagram: instagram_app } = apps;
        let state = Arc::new(State { app, instagram_app, courier, callback, control, grants });
        Ok(Self { server: Server::start(controlled(routes(), Arc::clone(&state))).await?, state })
    }

    /// The base address, without a final slash.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Registers one more address that people may be sent back to, for both logins.
    pub fn allow_redirect(&self, uri: &str) {
        self.state.control.redirect_uris().allow(uri);
    }
}

fn routes() -> Router<Arc<State>> {
    Router::new()
        .merge(facebook_login::routes())
        .merge(code_exchange::routes())
        .merge(instagram_login::routes())
        .merge(instagram_token::routes())
        .merge(me::routes())
        .merge(permissions::routes())
        .merge(pages::routes())
        .merge(debug_token::routes())
        .merge(page_subscription::routes())
        .merge(subscriptions::routes())
        .merge(webhooks::routes())
        .merge(removals::routes())
        .merge(deaths::routes())
        .fallback(error::unknown_path)
        .method_not_allowed_fallback(error::unsupported_method)
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
        self.refuse(path, "4")
    }

    fn refuse(&self, path: &str, code: &str) -> Response {
        if path == instagram_token::EXCHANGE {
            return instagram_token::ordered(code);
        }
        GraphError::ordered(code).into_response()
    }

    fn kill_tokens(&self) {
        held(&self.grants).end_all(error::PASSWORD_CHANGED);
    }

    fn lives(&self, secret: &str) -> bool {
        held(&self.grants).lives(secret, self.control.now())
    }
}
