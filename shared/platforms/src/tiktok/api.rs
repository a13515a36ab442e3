//! TikTok's API: one base address, and the envelope of everything but the token endpoint.
//!
//! developers.tiktok.com, v2 error handling.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
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

/// `{ "data": {…}, "error": { "code": "ok", "log_id": … } }`: success is the word `ok`, whatever the status. Beside
/// another word the data may be an empty object, so it is read only after the word.
#[derive(Deserialize)]
struct Envelope {
    data: Option<Box<RawValue>>,
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

    /// Asks by POST what only reads.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        question: &impl Serialize,
        token: &AccessToken,
    ) -> Result<T, PlatformError> {
        let request = self.transport.post_json(self.at(path), question).bearer_auth(token.expose());
        open(&self.transport.read(request).await?)
    }

    pub(super) async fn post_json(
        &self,
        path: &str,
        body: &impl Serialize,
        token: &AccessToken,
    ) -> Result<Answer, PlatformError> {
        let request = self.transport.post_json(self.at(path), body).bearer_auth(token.expose());
        Ok(self.transport.once(request).await?)
    }

    pub(super) async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Result<Answer, PlatformError> {
        Ok(self.transport.once(self.transport.post_form(self.at(path), form)).await?)
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

pub(super) fn open<T: DeserializeOwned>(answer: &Answer) -> Result<T, PlatformError> {
    let not_json = |error| PlatformError::not_json(answer, &error);
    let envelope: Envelope = lenient::object(&answer.body).map_err(not_json)?;
    let Some(EnvelopeError { code: Some(code), log_id }) = envelope.error else {
        return Err(PlatformError::unreadable(answer, "no error.code"));
    };
    if code != "ok" {
        return Err(PlatformError::refused(RefusalCode::TikTokApi(ApiCode::from(code.as_str())), answer, log_id));
    }
    let data = envelope.data.ok_or_else(|| PlatformError::unreadable(answer, "no data"))?;
    lenient::object(data.get().as_bytes()).map_err(not_json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Data {
        user: String,
    }

    fn read(status: u16, body: &str) -> Result<Data, PlatformError> {
        open(&Answer { status, body: body.as_bytes().to_vec(), log_id: None })
    }

    #[test]
    fn success_is_the_word_ok() {
        let body = r#"{"data":{"user":"ada"},"error":{"code":"ok","message":"","log_id":"L"}}"#;
        assert_eq!(read(200, body).unwrap().user, "ada");
    }

    #[test]
    fn a_refusal_is_one_whatever_its_data_and_its_status() {
        for data in ["", r#""data":null,"#, r#""data":{},"#, r#""data":{"user":7},"#] {
            for status in [200, 401] {
                let refused =
                    read(status, &format!(r#"{{{data}"error":{{"code":"access_token_invalid","log_id":"L"}}}}"#));
                let Err(PlatformError::Refused { code, log_id, .. }) = refused else { panic!("{refused:?}") };
                assert_eq!(code, RefusalCode::TikTokApi(ApiCode::AccessTokenInvalid));
                assert_eq!(log_id.as_deref(), Some("L"));
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_a_failure_or_unreadable() {
        let ok = r#""error":{"code":"ok"}"#;
        for body in ["", "<html>", "[]", "{}", &format!("{{{ok}}}"), &format!(r#"{{"data":{{}},{ok}}}"#)] {
            assert!(matches!(read(200, body), Err(PlatformError::Unreadable { .. })), "{body}");
            assert!(matches!(read(502, body), Err(PlatformError::Failed { .. })), "{body}");
        }
    }
}
