//! Drives a simulator from another process, over its HTTP.

mod consent;
mod control;
mod form;
mod meta;
mod tiktok;

use reqwest::{Client, Method};
use serde::{Serialize, de::DeserializeOwned};

use crate::delivery::client;

pub use consent::{Consent, Decision};
pub use control::Issued;
pub use meta::RemoteMeta;
pub use tiktok::RemoteTikTok;

/// A simulator did not do as it was told.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// It doesn't answer.
    #[error("the simulator does not answer")]
    Unreachable(#[from] reqwest::Error),
    /// It refused.
    #[error("the simulator refused: HTTP {status}: {body}")]
    Refused {
        /// The status.
        status: u16,
        /// What it said.
        body: String,
    },
    /// Instead of asking for consent, the platform's page says what is wrong.
    #[error("the consent page stops: HTTP {status}: {text}")]
    Stopped {
        /// The status.
        status: u16,
        /// What a person reads there.
        text: String,
    },
    /// The consent page doesn't offer what was to be chosen.
    #[error("the consent page has no {0}")]
    NotOffered(String),
}

#[derive(Debug, Clone)]
struct Remote {
    client: Client,
    url: String,
}

impl Remote {
    fn at(url: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self { client: client()?, url: url.trim_end_matches('/').to_owned() })
    }

    async fn send(&self, method: Method, path: &str, body: &impl Serialize) -> Result<String, RemoteError> {
        body_of(self.client.request(method, format!("{}{path}", self.url)).json(body)).await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, RemoteError> {
        parsed(self.send(method, path, body).await?)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, RemoteError> {
        parsed(body_of(self.client.get(format!("{}{path}", self.url))).await?)
    }

    async fn bytes(&self, path: &str) -> Result<Vec<u8>, RemoteError> {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await?;
        let (status, bytes) = (answer.status(), answer.bytes().await?.to_vec());
        if status.is_success() {
            return Ok(bytes);
        }
        Err(RemoteError::Refused { status: status.as_u16(), body: String::from_utf8_lossy(&bytes).into_owned() })
    }
}

fn parsed<T: DeserializeOwned>(body: String) -> Result<T, RemoteError> {
    serde_json::from_str(&body).map_err(|_| RemoteError::Refused { status: 200, body })
}

async fn body_of(request: reqwest::RequestBuilder) -> Result<String, RemoteError> {
    let answer = request.send().await?;
    let (status, body) = (answer.status(), answer.text().await?);
    if status.is_success() { Ok(body) } else { Err(RemoteError::Refused { status: status.as_u16(), body }) }
}
