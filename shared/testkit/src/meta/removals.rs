//! Who removes the app or wants to be forgotten, and how the app hears of it (developers.facebook.com, Facebook Login:
//! deauthorize callback; data deletion callback). Both by `POST` below `/_simulator`, by `login` or by `username` of an
//! Instagram account, each of which has callbacks of its own in the settings; a portfolio's system user by its id:
//!
//! * `removals` `{"person": "ada", "manner"?}` ends the tokens and calls `deauthorize_url`
//! * `deletion_requests` `{"person": "ada", "manner"?}` calls `data_deletion_url`; an answer that Meta wouldn't take is
//!   refused with 422

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use time::OffsetDateTime;

use super::{
    State as Meta,
    error::APP_REMOVED,
    signed_request::{About, signed_at},
};
use crate::{
    Delivered, DeliveryError,
    control::held,
    delivery::{Manner, insist, reported},
};

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new()
        .route("/_simulator/removals", post(remove_app))
        .route("/_simulator/deletion_requests", post(request_deletion))
}

/// Whose request it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    person: String,
    #[serde(default)]
    manner: Manner,
}

/// Somebody, as one of the logins knows them.
#[derive(Debug, Clone)]
pub(super) struct Somebody {
    /// Whom tokens are for: a person's id, or an Instagram account's.
    pub(super) account: String,
    /// Whom callbacks name.
    user_id: String,
    /// Whether by Instagram Login.
    on_instagram: bool,
}

async fn remove_app(State(meta): State<Arc<Meta>>, Json(request): Json<Request>) -> Response {
    let Some(somebody) = meta.somebody(&request.person) else { return StatusCode::NOT_FOUND.into_response() };
    held(&meta.grants).remove_app(&somebody.account, APP_REMOVED);
    reported(meta.call_back(&somebody, About::Deauthorization, request.manner).await)
}

async fn request_deletion(State(meta): State<Arc<Meta>>, Json(request): Json<Request>) -> Response {
    let Some(somebody) = meta.somebody(&request.person) else { return StatusCode::NOT_FOUND.into_response() };
    let result = meta.call_back(&somebody, About::Deletion, request.manner).await;
    match result.iter().flatten().find_map(unacceptable) {
        Some(problem) => (StatusCode::UNPROCESSABLE_ENTITY, problem).into_response(),
        None => reported(result),
    }
}

/// What Meta shows a person whose data is being deleted.
#[derive(Deserialize)]
struct Confirmation {
    url: String,
    confirmation_code: String,
}

/// Why Meta wouldn't take an answer: it wants 200 with an address and a code of letters and digits.
fn unacceptable(answer: &Delivered) -> Option<String> {
    if answer.status != 200 {
        return Some(format!("HTTP {}: {}", answer.status, answer.body));
    }
    let Ok(confirmation) = serde_json::from_str::<Confirmation>(&answer.body) else {
        return Some(format!("neither url nor confirmation_code: {}", answer.body));
    };
    let code = &confirmation.confirmation_code;
    let good = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !good {
        return Some(format!("the confirmation_code is not alphanumeric: {code}"));
    }
    let url = reqwest::Url::parse(&confirmation.url);
    url.is_err().then(|| format!("the url is not an absolute address: {}", confirmation.url))
}

impl Meta {
    /// Who has this name, on Facebook or else on Instagram.
    pub(super) fn somebody(&self, name: &str) -> Option<Somebody> {
        let person = self.control.person(|known| known.login == name).or_else(|| self.person_of(name));
        person.map(|person| Somebody::on_facebook(person.id)).or_else(|| {
            let account = self.instagram_account(|account| account.username == name)?;
            Some(Somebody { account: account.id, user_id: account.app_scoped_id, on_instagram: true })
        })
    }

    /// In the background, where the app's own revocations are reported at all.
    pub(super) fn report_revocation(self: &Arc<Self>, person: String) {
        if self.control.settings().revocation_deauthorizes {
            let (meta, somebody) = (Arc::clone(self), Somebody::on_facebook(person));
            let deliver = move || Arc::clone(&meta).post(somebody.clone(), About::Deauthorization, 0);
            tokio::spawn(async move { insist(deliver).await });
        }
    }

    async fn call_back(
        self: &Arc<Self>,
        somebody: &Somebody,
        about: About,
        manner: Manner,
    ) -> Result<Vec<Delivered>, DeliveryError> {
        manner.carry_out(|| Arc::clone(self).post(somebody.clone(), about, manner.seconds_late)).await
    }

    async fn post(
        self: Arc<Self>,
        somebody: Somebody,
        about: About,
        seconds_late: i64,
    ) -> Result<Delivered, DeliveryError> {
        let settings = self.control.settings();
        let callback = match (somebody.on_instagram, about) {
            (false, About::Deauthorization) => settings.deauthorize_url,
            (false, About::Deletion) => settings.data_deletion_url,
            (true, About::Deauthorization) => settings.instagram_deauthorize_url,
            (true, About::Deletion) => settings.instagram_data_deletion_url,
        };
        let callback = callback.ok_or(DeliveryError::NoCallback)?;
        let by_instagram = somebody.on_instagram && !settings.one_callback_secret;
        let app = if by_instagram { &self.instagram_app } else { &self.app };
        let issued_at = OffsetDateTime::now_utc().unix_timestamp() - seconds_late;
        let signed = signed_at(&app.app_secret, &somebody.user_id, about, issued_at);
        self.courier.form(&callback, &[("signed_request", &signed)]).await
    }
}

impl Somebody {
    fn on_facebook(id: String) -> Self {
        Self { account: id.clone(), user_id: id, on_instagram: false }
    }
}
