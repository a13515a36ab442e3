//! Somebody with a token of the app's, and what the API answers.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method, RequestBuilder, Response, redirect::Policy};
use serde_json::Value;

use super::PATIENCE;
use crate::stack::StackDescription;

/// The first person who may use the API.
pub(super) struct Person<'a> {
    pub(super) http: Client,
    api_url: &'a str,
    token: &'a str,
}

impl<'a> Person<'a> {
    pub(super) fn of(stack: &'a StackDescription) -> Result<Self> {
        // Whoever comes first installs it; both would install the same.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = Client::builder().redirect(Policy::none()).timeout(PATIENCE).build()?;
        let user = stack.users.first().context("the stack has no user")?;
        Ok(Self { http, api_url: &stack.api_url, token: &user.token })
    }

    /// A request for a path, in the person's name.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.api_url)).bearer_auth(self.token)
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        said(self.request(Method::GET, path).send().await?).await
    }

    /// The same, named: sent again it's carried out once.
    pub(super) async fn post_once(&self, path: &str, body: &Value, key: &str) -> Result<Value> {
        said(self.request(Method::POST, path).header("idempotency-key", key).json(body).send().await?).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        said(self.request(Method::POST, path).json(body).send().await?).await
    }
}

async fn said(answer: Response) -> Result<Value> {
    let (status, text) = (answer.status(), answer.text().await?);
    ensure!(status.is_success(), "the API answered {status}: {text}");
    Ok(serde_json::from_str(&text)?)
}
