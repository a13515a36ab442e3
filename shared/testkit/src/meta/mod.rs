//! Meta's Graph API, as far as it's simulated: the app's webhook subscription and webhooks.

mod subscriptions;
mod webhooks;

use std::sync::{Arc, Mutex};

use axum::Router;

use crate::{Server, delivery::Courier};

pub use webhooks::sign;

/// The simulated platform.
#[derive(Debug)]
pub struct Simulator(Server);

/// Our app in Meta's dashboard.
#[derive(Debug, Clone)]
pub struct App {
    /// Names the app.
    pub app_id: String,
    /// Signs webhooks.
    pub app_secret: String,
}

#[derive(Debug)]
struct State {
    app: App,
    courier: Courier,
    callback: Mutex<Option<String>>,
}

impl Simulator {
    /// Starts the platform with one registered app.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(app: App) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let state = Arc::new(State { app, courier: Courier::new()?, callback: Mutex::new(None) });
        let router = Router::new().merge(subscriptions::routes()).merge(webhooks::routes()).with_state(state);
        Ok(Self(Server::start(router).await?))
    }

    /// The base address, without a final slash.
    pub fn url(&self) -> &str {
        self.0.url()
    }
}
