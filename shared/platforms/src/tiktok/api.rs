//! TikTok's API: one base address, and the envelope of everything but the token endpoint.
//!
//! developers.tiktok.com, v2 error handling.

use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::code::ApiCode;
use crate::{
    error::{PlatformError, RefusalCode},
    lenient,
    secret::AccessToken,
    transport::{Answer, Transport},
};

/// The real API, without a final slash.
pub const BASE: &str = "https://open.tiktokapis.com";

/// A client of TikTok's API.
#[derive(Debug, Clone)]
pub struct Api {
    transport: Transport,
    base: Url,
}

/// `{ "data": {…}, "error": { "code": "ok", "log_id": … } }`: success is the word `ok`, whatever the status.
#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    error: Option<EnvelopeError>,
}

#[derive(Deserialize)]
struct EnvelopeError {
    #[serde(default, deserialize_with = "lenient::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    log_id: Option<String>,
}

impl Api {
    /// The API at `base`.
    pub fn new(transport: Transport, base: Url) -> Self {
        Self { transport, base }
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        token: &AccessToken,
    ) -> Result<T, PlatformError> {
        let mut url = self.at(path);
        url.query_pairs_mut().extend_pairs(query);
        let request = self.transport.get(url).bearer_auth(token.expose());
        open(&self.transport.read(request).await?)
    }

    pub(super) async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Result<Answer, PlatformError> {
        Ok(self.transport.once(self.transport.post_form(self.at(path), form)).await?)
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

fn open<T: DeserializeOwned>(answer: &Answer) -> Result<T, PlatformError> {
    let envelope: Envelope<T> =
        lenient::object(&answer.body).map_err(|error| PlatformError::not_json(answer, &error))?;
    let Some(EnvelopeError { code: Some(code), log_id }) = envelope.error else {
        return Err(PlatformError::unreadable(answer, "no error.code"));
    };
    if code != "ok" {
        return Err(PlatformError::refused(RefusalCode::TikTokApi(ApiCode::from(code.as_str())), answer, log_id));
    }
    envelope.data.ok_or_else(|| PlatformError::unreadable(answer, "no data"))
}
