//! What a request says in its query and in its form.

use std::collections::BTreeSet;

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Query, Request},
    http::{HeaderMap, Uri, header::CONTENT_TYPE},
};
use reqwest::Url;
use serde_json::{Map, Value};

/// Names and values in the order that they came in. A name without a value counts as absent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// The body is not what its content type says, or of a type that isn't understood.
#[derive(Debug)]
pub(crate) struct Unreadable;

impl Parameters {
    /// Those of an address.
    pub(crate) fn of_query(uri: &Uri) -> Self {
        Self(Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default())
    }

    /// Those of a form's body.
    pub(crate) fn of_form(body: &[u8]) -> Self {
        Self(form_pairs(body))
    }

    /// Those of the address and of the body, which is a form, a form in parts, or a JSON object.
    pub(crate) async fn of_request(request: Request) -> Result<Self, Unreadable> {
        let mut all = Self::of_query(request.uri());
        let body = match media_type(request.headers()).as_str() {
            "" => Vec::new(),
            "application/x-www-form-urlencoded" => form_pairs(&bytes_of(request).await?),
            "application/json" => json_pairs(&bytes_of(request).await?)?,
            "multipart/form-data" => parts(request).await?,
            _ => return Err(Unreadable),
        };
        all.0.extend(body);
        Ok(all)
    }

    /// The first value with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let named = |(key, value): &&(String, String)| key == name && !value.is_empty();
        self.0.iter().find(named).map(|(_, value)| value.as_str())
    }

    /// Every value with this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first name that isn't one of these.
    pub(crate) fn stranger(&self, known: &[&str]) -> Option<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| !known.contains(name))
    }

    /// The first name that occurs twice.
    pub(crate) fn repeated(&self) -> Option<&str> {
        let mut seen = BTreeSet::new();
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| !seen.insert(*name))
    }
}

/// The content type without its parameters, in lower case; empty where there is none.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn bytes_of(request: Request) -> Result<Bytes, Unreadable> {
    Bytes::from_request(request, &()).await.map_err(|_| Unreadable)
}

/// A form's body is encoded as a query is.
fn form_pairs(body: &[u8]) -> Vec<(String, String)> {
    let Ok(mut url) = Url::parse("http://form") else { return Vec::new() };
    url.set_query(Some(&String::from_utf8_lossy(body)));
    url.query_pairs().into_owned().collect()
}

fn json_pairs(body: &[u8]) -> Result<Vec<(String, String)>, Unreadable> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let object: Map<String, Value> = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(object.into_iter().map(|(name, value)| (name, text(value))).collect())
}

async fn parts(request: Request) -> Result<Vec<(String, String)>, Unreadable> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| Unreadable)?;
    let mut pairs = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| Unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        pairs.push((name, field.text().await.map_err(|_| Unreadable)?));
    }
    Ok(pairs)
}
