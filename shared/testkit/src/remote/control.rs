//! What can be told to either simulator.

use std::fmt;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Remote, RemoteError};
use crate::Delivered;

/// A secret that a simulator issued or saw.
#[derive(Clone, Deserialize)]
pub struct Issued {
    /// What it is, such as `refresh_token`.
    pub kind: String,
    /// The secret itself.
    pub value: String,
    /// Whether it is a code or a token that still opens something.
    pub alive: bool,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}([redacted], {})", self.kind, if self.alive { "alive" } else { "dead" })
    }
}

impl Remote {
    pub(super) async fn redirect_uris(&self, uris: &[&str]) -> Result<(), RemoteError> {
        let body = json!({ "redirect_uris": uris });
        self.send(Method::PUT, "/_simulator/redirect_uris", &body).await.map(|_| ())
    }

    pub(super) async fn add_person(&self, person: &Value) -> Result<Value, RemoteError> {
        self.read(Method::POST, "/_simulator/people", person).await
    }

    pub(super) async fn change_settings(&self, changes: &Value) -> Result<Value, RemoteError> {
        self.read(Method::PATCH, "/_simulator/settings", changes).await
    }

    pub(super) async fn fault(&self, path: &str, times: u64, fault: &Value) -> Result<(), RemoteError> {
        let plan = json!({ "path": path, "times": times, "fault": fault });
        self.send(Method::POST, "/_simulator/faults", &plan).await.map(|_| ())
    }

    pub(super) async fn forget_faults(&self) -> Result<(), RemoteError> {
        self.send(Method::DELETE, "/_simulator/faults", &json!({})).await.map(|_| ())
    }

    pub(super) async fn advance(&self, seconds: i64) -> Result<(), RemoteError> {
        self.send(Method::POST, "/_simulator/clock", &json!({ "advance_s": seconds })).await.map(|_| ())
    }

    /// How often a path was called, by any method.
    pub(super) async fn calls_to(&self, path: &str) -> Result<u64, RemoteError> {
        let calls: Vec<Value> = self.get("/_simulator/calls").await?;
        let counts = calls.iter().filter(|call| call["path"] == path).filter_map(|call| call["count"].as_u64());
        Ok(counts.sum())
    }

    pub(super) async fn remove_app(&self, person: &str) -> Result<Vec<Delivered>, RemoteError> {
        self.read(Method::POST, "/_simulator/removals", &json!({ "person": person })).await
    }

    pub(super) async fn living_tokens(&self) -> Result<Vec<Issued>, RemoteError> {
        let issued: Vec<Issued> = self.get("/_simulator/issued").await?;
        Ok(issued.into_iter().filter(|secret| secret.alive && secret.kind.ends_with("_token")).collect())
    }
}

/// The methods that both remote simulators have. A trait would have to be imported by whoever calls them.
macro_rules! controls {
    ($simulator:ident) => {
        impl $simulator {
            /// The simulator at `url`.
            ///
            /// # Errors
            /// No TLS.
            pub fn at(url: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Remote::at(url).map(Self)
            }

            /// Registers exactly these addresses to send people back to.
            ///
            /// # Errors
            /// See [`RemoteError`]; an address that the platform doesn't take is a refusal.
            pub async fn redirect_uris(&self, uris: &[&str]) -> Result<(), RemoteError> {
                self.0.redirect_uris(uris).await
            }

            /// Adds a person; what isn't given is made up. Returns all of it.
            ///
            /// # Errors
            /// See [`RemoteError`]; somebody of the same name is a refusal.
            pub async fn add_person(&self, person: &Value) -> Result<Value, RemoteError> {
                self.0.add_person(person).await
            }

            /// Everybody who has an account.
            ///
            /// # Errors
            /// See [`RemoteError`].
            pub async fn people(&self) -> Result<Vec<Value>, RemoteError> {
                self.0.get("/_simulator/people").await
            }

            /// A person removes the app, on the platform's own pages. Returns what the application answered to the
            /// report of it; nothing where no callback is registered.
            ///
            /// # Errors
            /// See [`RemoteError`]; nobody of this name is a refusal.
            pub async fn remove_app(&self, person: &str) -> Result<Vec<$crate::Delivered>, RemoteError> {
                self.0.remove_app(person).await
            }

            /// Changes the settings that are named, and returns all.
            ///
            /// # Errors
            /// See [`RemoteError`]; an unknown name is a refusal.
            pub async fn change_settings(&self, changes: &Value) -> Result<Value, RemoteError> {
                self.0.change_settings(changes).await
            }

            /// Lets a fault, such as `{ "status": 503 }`, befall the next calls of a path.
            ///
            /// # Errors
            /// See [`RemoteError`].
            pub async fn fault(&self, path: &str, times: u64, fault: &Value) -> Result<(), RemoteError> {
                self.0.fault(path, times, fault).await
            }

            /// Forgets the faults that haven't happened yet.
            ///
            /// # Errors
            /// See [`RemoteError`].
            pub async fn forget_faults(&self) -> Result<(), RemoteError> {
                self.0.forget_faults().await
            }

            /// Lets time pass for codes and tokens.
            ///
            /// # Errors
            /// See [`RemoteError`].
            pub async fn advance(&self, seconds: i64) -> Result<(), RemoteError> {
                self.0.advance(seconds).await
            }

            /// How often a path was called, whatever became of it.
            ///
            /// # Errors
            /// See [`RemoteError`].
            pub async fn calls_to(&self, path: &str) -> Result<u64, RemoteError> {
                self.0.calls_to(path).await
            }

            /// Every code, token and other secret that was issued or seen.
            ///
            /// # Errors
            /// See [`RemoteError`].
            pub async fn issued(&self) -> Result<Vec<$crate::Issued>, RemoteError> {
                self.0.get("/_simulator/issued").await
            }

            /// Those of them that still act for somebody.
            ///
            /// # Errors
            /// See [`RemoteError`].
            pub async fn living_tokens(&self) -> Result<Vec<$crate::Issued>, RemoteError> {
                self.0.living_tokens().await
            }

            /// Goes through a consent page as a browser does, and returns the address that it is sent back to.
            ///
            /// # Errors
            /// See [`RemoteError`]; a page that says what is wrong is [`RemoteError::Stopped`].
            pub async fn consent(&self, url: &str, choice: &$crate::Consent) -> Result<String, RemoteError> {
                self.0.consent(url, choice).await
            }
        }
    };
}

pub(super) use controls;
