//! Meta's Graph API: one base address for each login, versioned paths, and the envelope of its errors.
//!
//! developers.facebook.com, Graph API: overview and error handling. Refusals come with HTTP 400 whatever they mean, so
//! only the numbers count.

use serde::{Deserialize, de::DeserializeOwned};
use time::OffsetDateTime;
use url::Url;

use super::{
    code::GraphCode,
    proof::{self, ProofForm},
    removal,
};
use crate::{
    error::{PlatformError, RefusalCode},
    lenient,
    secret::{AccessToken, AppSecret},
    transport::{Answer, Transport},
};

/// The Graph of Facebook Login.
pub const FACEBOOK: &str = "https://graph.facebook.com";
/// The Graph of Instagram Login.
pub const INSTAGRAM: &str = "https://graph.instagram.com";
/// The version that this client was written for.
pub const VERSION: &str = "v26.0";

/// A client of one Graph.
#[derive(Debug, Clone)]
pub struct Graph {
    transport: Transport,
    base: Url,
    version: String,
    proof: Option<ProofForm>,
}

/// Who calls: the token, and the secret of the app that it was given to.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// A person's or a Page's.
    pub token: &'a AccessToken,
    /// Proves that the call is ours.
    pub app_secret: &'a AppSecret,
}

impl Graph {
    /// The Graph at `base`, always called by `version`. With a form of proof every call with a token carries one.
    pub fn new(transport: Transport, base: Url, version: String, proof: Option<ProofForm>) -> Self {
        Self { transport, base, version, proof }
    }

    /// Reads below the version, as the caller.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        caller: Caller<'_>,
    ) -> Result<T, PlatformError> {
        let mut url = self.versioned(path);
        url.query_pairs_mut().extend_pairs(query).extend_pairs(self.proof_of(caller));
        let request = self.transport.get(url).bearer_auth(caller.token.expose());
        open(&self.transport.read(request).await?)
    }

    /// Writes below the version, once, as the caller.
    pub(super) async fn write<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, &str)],
        caller: Caller<'_>,
    ) -> Result<T, PlatformError> {
        let proof = self.proof_of(caller);
        let form: Vec<_> =
            form.iter().copied().chain(proof.iter().map(|(name, value)| (*name, value.as_str()))).collect();
        let request = self.transport.post_form(self.versioned(path), &form).bearer_auth(caller.token.expose());
        open(&self.transport.once(request).await?)
    }

    /// Removes what is below the version, once, as the caller.
    pub(super) async fn remove(&self, path: &str, caller: Caller<'_>) -> Result<(), PlatformError> {
        let mut url = self.versioned(path);
        let proof = self.proof_of(caller);
        if !proof.is_empty() {
            url.query_pairs_mut().extend_pairs(proof);
        }
        let request = self.transport.delete(url).bearer_auth(caller.token.expose());
        removal::read(&self.transport.once(request).await?)
    }

    /// Exchanges what the query holds for a token. Never repeated, since a code works once.
    pub(super) async fn exchange<T: DeserializeOwned>(
        &self,
        mut url: Url,
        query: &[(&str, &str)],
    ) -> Result<T, PlatformError> {
        url.query_pairs_mut().extend_pairs(query);
        open(&self.transport.once(self.transport.get(url)).await?)
    }

    /// The same for an address without a version, as the caller.
    pub(super) async fn ask_as<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        caller: Caller<'_>,
    ) -> Result<T, PlatformError> {
        let mut url = self.unversioned(path);
        url.query_pairs_mut().extend_pairs(self.proof_of(caller));
        self.exchange(url, query).await
    }

    /// Reads below the version, as whoever the query itself proves.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, PlatformError> {
        let mut url = self.versioned(path);
        url.query_pairs_mut().extend_pairs(query);
        open(&self.transport.read(self.transport.get(url)).await?)
    }

    /// The address of a path below the version.
    pub(super) fn versioned(&self, path: &str) -> Url {
        self.unversioned(&format!("/{}{path}", self.version))
    }

    /// The address of a path that has no version.
    pub(super) fn unversioned(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }

    fn proof_of(&self, caller: Caller<'_>) -> Vec<(&'static str, String)> {
        let now = OffsetDateTime::now_utc();
        self.proof.map_or_else(Vec::new, |form| proof::parameters(form, caller.token, caller.app_secret, now))
    }
}

/// One page of a list, and the cursor of the next.
#[derive(Debug)]
pub struct Listing<T> {
    /// May be fewer than were asked for, even none, with more behind them.
    pub items: Vec<T>,
    /// Where to go on. Not to be kept.
    pub next: Option<String>,
}

/// A list as the Graph writes it.
#[derive(Deserialize)]
pub(super) struct ListAnswer<T> {
    #[serde(default = "Vec::new")]
    data: Vec<T>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
    #[serde(default, deserialize_with = "lenient::text")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Cursors {
    #[serde(default, deserialize_with = "lenient::text")]
    after: Option<String>,
}

impl<T> From<ListAnswer<T>> for Listing<T> {
    /// The address in `next` isn't followed: it holds the token, and may lead anywhere.
    fn from(answer: ListAnswer<T>) -> Self {
        let next = answer.paging.filter(|paging| paging.next.is_some()).and_then(|paging| paging.cursors?.after);
        Self { items: answer.data, next }
    }
}

#[derive(Deserialize)]
struct ErrorAnswer {
    #[serde(default, deserialize_with = "lenient::member")]
    error: Option<ErrorMember>,
}

#[derive(Deserialize)]
struct ErrorMember {
    #[serde(default, deserialize_with = "lenient::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    error_subcode: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    fbtrace_id: Option<String>,
}

pub(super) fn open<T: DeserializeOwned>(answer: &Answer) -> Result<T, PlatformError> {
    if let Some(refusal) = refusal(answer) {
        return Err(refusal);
    }
    lenient::object(&answer.body).map_err(|error| PlatformError::not_json(answer, &error))
}

/// What keeps an answer from being one: the envelope of an error, or a status that has none.
pub(super) fn refusal(answer: &Answer) -> Option<PlatformError> {
    let Some(error) = lenient::object::<ErrorAnswer>(&answer.body).ok().and_then(|answer| answer.error) else {
        return (!(200..300).contains(&answer.status)).then(|| PlatformError::unreadable(answer, "no error"));
    };
    let code = code(error.code, error.error_subcode);
    Some(PlatformError::refused(RefusalCode::Graph(code), answer, error.fbtrace_id))
}

/// The numbers of an error, wherever the Graph writes them.
pub(super) fn code(code: Option<String>, subcode: Option<String>) -> GraphCode {
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
    GraphCode::from_numbers(number(code), number(subcode))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec(), log_id: None }
    }

    #[test]
    fn a_refusal_is_known_by_its_numbers_and_keeps_no_message() {
        let body = r#"{"error":{"message":"Malformed access token EAAGsecret","type":"OAuthException","code":190,
                       "error_subcode":463,"fbtrace_id":"Axyz"}}"#;
        let error = open::<ListAnswer<String>>(&answer(400, body)).err().unwrap();
        assert!(!format!("{error:?} {error}").contains("secret"));
        let PlatformError::Refused { code, log_id, .. } = error else { panic!("{error:?}") };
        assert_eq!(code, RefusalCode::Graph(GraphCode::TokenExpired));
        assert_eq!(log_id.as_deref(), Some("Axyz"));
    }

    #[test]
    fn a_page_goes_on_where_there_is_a_next_even_when_it_is_empty() {
        let listing = |body: &str| Listing::from(open::<ListAnswer<u8>>(&answer(200, body)).unwrap());
        let more = listing(r#"{"data":[],"paging":{"cursors":{"after":"c"},"next":"https://x"}}"#);
        assert_eq!((more.items.len(), more.next.as_deref()), (0, Some("c")));
        assert_eq!(listing(r#"{"data":[1],"paging":{"cursors":{"after":"c"}}}"#).next, None);
        assert_eq!(listing(r#"{"data":[1]}"#).items, [1]);
    }

    #[test]
    fn what_is_no_answer_is_a_failure_or_unreadable() {
        for (status, body) in [(502, "<html>"), (500, "{}")] {
            let error = open::<ListAnswer<u8>>(&answer(status, body)).err().unwrap();
            assert!(matches!(error, PlatformError::Failed { .. }), "{error:?}");
        }
        for (status, body) in [(200, "<html>"), (400, "{}"), (200, "[]")] {
            let error = open::<ListAnswer<u8>>(&answer(status, body)).err().unwrap();
            assert!(matches!(error, PlatformError::Unreadable { .. }), "{error:?}");
        }
    }
}
