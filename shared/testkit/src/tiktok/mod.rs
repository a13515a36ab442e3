//! TikTok for developers, as far as it's simulated: webhooks.

mod webhooks;

use std::sync::{Arc, Mutex};

use axum::Router;

use crate::{Server, delivery::Courier};

pub use webhooks::sign;

/// The simulated platform.
#[derive(Debug)]
pub struct Simulator(Server);

/// Our app in TikTok's portal.
#[derive(Debug, Clone)]
pub struct App {
    /// Names the app.
    pub client_key: String,
    /// Signs webhooks.
    pub client_secret: String,
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
        Ok(Self(Server::start(Router::new().merge(webhooks::routes()).with_state(state)).await?))
    }

    /// The base address, without a final slash.
    pub fn url(&self) -> &str {
        self.0.url()
    }
}
