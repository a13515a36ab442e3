//! What both simulators offer a test besides the platform itself, below `/_simulator`. Bodies are JSON; an unknown
//! member is refused with 422.
//!
//! * `PUT redirect_uris` `{"redirect_uris": ["https://app.example/callback"]}` registers exactly these addresses, if
//!   the platform's rules allow them.
//! * `GET people` lists who has an account; `POST people` `{"username": "grace"}` adds one and returns it, with what
//!   wasn't given made up. The members are those of the platform's `Person`.
//! * `POST removals` `{"person": "grace"}`: she removes the app on the platform's own pages, which ends its tokens and is
//!   reported to the app; returns what that answered to each delivery. The platform's `removals` tells what else can be
//!   said there.
//! * `GET settings`; `PATCH settings` `{"access_token_lifetime_s": 86400}` changes what is named and returns all. The
//!   members are those of the platform's `Settings`.
//! * `POST faults` plans failures, as [`faults`] describes; `DELETE faults` forgets them.
//! * `GET calls` counts: `[{"method", "path", "count"}]`, without queries, so without secrets.
//! * `GET issued` lists every secret that was issued or seen, to search dumps and logs for: `[{"kind", "value", "alive"}]`
//!   with the kinds `access_token`, `appsecret_proof`, `client_secret`, `code`, `code_verifier`, `page_token`,
//!   `refresh_token`, `state`, `upload_url`. Codes, tokens and upload addresses are alive as long as they still open
//!   something.
//! * `POST clock` `{"advance_s": 86400}` lets time pass for all that is alive and all that is under way.

mod faults;
mod ledger;
mod people;
mod redirects;
mod settings;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    middleware::from_fn_with_state,
    response::Response,
    routing::{get, post, put},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use time::OffsetDateTime;

use faults::Faults;
use ledger::{Calls, Issued};
pub(crate) use people::Person;
use redirects::RedirectUris;

/// A platform that can be controlled.
pub(crate) trait Platform: Send + Sync + 'static {
    /// How it behaves.
    type Settings: Serialize + DeserializeOwned + Send;
    /// Who has an account.
    type Person: Person;

    /// What is controlled.
    fn control(&self) -> &Control<Self::Settings, Self::Person>;
    /// Whether this address may be registered.
    fn check_redirect_uri(uri: &str) -> Result<(), String>;
    /// The answer to who called too often.
    fn rate_limited(&self, path: &str) -> Response;
    /// The answer that refuses with this code.
    fn refuse(&self, path: &str, code: &str) -> Response;
    /// Ends every token that was issued.
    fn kill_tokens(&self);
    /// Whether this is a code or a token that still opens something.
    fn lives(&self, secret: &str) -> bool;
    /// Lets happen what is due after time has passed.
    fn catch_up(self: &Arc<Self>) {}
}

/// What a test can change and look at.
#[derive(Debug)]
pub(crate) struct Control<S, P> {
    settings: Mutex<S>,
    people: Mutex<Vec<P>>,
    redirect_uris: RedirectUris,
    faults: Faults,
    calls: Calls,
    issued: Issued,
    seconds_ahead: AtomicI64,
}

impl<S: Clone, P: Clone> Control<S, P> {
    pub(crate) fn new(settings: S, people: Vec<P>) -> Self {
        Self {
            settings: Mutex::new(settings),
            people: Mutex::new(people),
            redirect_uris: RedirectUris::default(),
            faults: Faults::default(),
            calls: Calls::default(),
            issued: Issued::default(),
            seconds_ahead: AtomicI64::new(0),
        }
    }

    pub(crate) fn settings(&self) -> S {
        held(&self.settings).clone()
    }

    pub(crate) fn people(&self) -> Vec<P> {
        held(&self.people).clone()
    }

    /// The first person of whom this is true.
    pub(crate) fn person(&self, is: impl Fn(&P) -> bool) -> Option<P> {
        held(&self.people).iter().find(|person| is(person)).cloned()
    }

    pub(crate) fn redirect_uris(&self) -> &RedirectUris {
        &self.redirect_uris
    }

    /// Remembers a secret and returns it.
    pub(crate) fn note(&self, kind: &'static str, value: String) -> String {
        self.issued.note(kind, &value);
        value
    }

    /// The simulated time in Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        OffsetDateTime::now_utc().unix_timestamp() + self.seconds_ahead.load(Ordering::Relaxed)
    }
}

/// The control endpoints together with the platform's own, which faults can befall.
pub(crate) fn controlled<T: Platform>(platform: Router<Arc<T>>, state: Arc<T>) -> Router {
    let router = platform
        .route("/_simulator/redirect_uris", put(redirects::replace::<T>))
        .route("/_simulator/people", get(people::list::<T>).post(people::add::<T>))
        .route("/_simulator/settings", get(settings::show::<T>).patch(settings::change::<T>))
        .route("/_simulator/faults", post(faults::plan::<T>).delete(faults::forget::<T>))
        .route("/_simulator/calls", get(ledger::calls::<T>))
        .route("/_simulator/issued", get(ledger::issued::<T>))
        .route("/_simulator/clock", post(advance::<T>));
    router.layer(from_fn_with_state(Arc::clone(&state), faults::befall::<T>)).with_state(state)
}

/// Time that passes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_s: i64,
}

async fn advance<T: Platform>(State(platform): State<Arc<T>>, Json(time): Json<Advance>) -> StatusCode {
    platform.control().seconds_ahead.fetch_add(time.advance_s, Ordering::Relaxed);
    platform.catch_up();
    StatusCode::NO_CONTENT
}

/// What a lock guards, even after somebody panicked with it: a simulator's state has no invariants to break.
pub(crate) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
