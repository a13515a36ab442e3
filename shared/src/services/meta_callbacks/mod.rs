//! Meta's callbacks about a person: who has removed the app, and who wants to be forgotten.
//!
//! What Meta sends is signed by the app whose login the person is known by. Whoever signs it, nobody is told whether a
//! person is known here.

mod data_deletion;
mod deauthorize;

pub use data_deletion::Promise;

use deadpool_postgres::Transaction;
use platforms::{
    instagram::signed_request::{self, SignedRequest},
    secret::AppSecret,
};

use super::apps::{InstagramApp, MetaApp, MetaApps};
use crate::{
    config::{SecretError, Versions},
    domain::{AccountId, AuthEvent, AuthEventKind, LoginKind, Platform, UserId, Visitor},
    store::{self, Database, StoreError},
};

/// Far more than the form that Meta sends.
const MAX_BYTES: usize = 16 * 1024;

/// What the callbacks need.
#[derive(Debug)]
pub struct MetaCallbacks {
    /// Meta's apps, whose secrets sign.
    pub apps: MetaApps,
    /// The tables.
    pub database: Database,
}

/// A callback that isn't taken.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// No signed request, or none of ours.
    #[error("the signed request is missing, malformed or not ours")]
    InvalidSignature,
    /// A secret could not be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The system has no random numbers.
    #[error("no random numbers")]
    NoRandomness,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whom a callback names.
#[derive(Debug)]
struct Named {
    person: SignedRequest,
    /// The logins that they may be known by, the likelier one first.
    logins: &'static [LoginKind],
}

impl MetaCallbacks {
    /// Whom the form in this body names. With the current or the previous secrets, read anew when none fits: they may just
    /// have been rotated.
    async fn named(&self, body: &[u8]) -> Result<Named, CallbackError> {
        let text = Some(body).filter(|body| body.len() <= MAX_BYTES).and_then(signed_request::in_form);
        let text = text.ok_or(CallbackError::InvalidSignature)?;
        let MetaApps { meta, instagram } = &self.apps;
        let mut named = by_meta(&text, &*meta.get().await?);
        if named.is_none() {
            named = by_instagram(&text, &*instagram.get().await?);
        }
        if named.is_none() {
            named = by_meta(&text, &*meta.reread().await?);
        }
        if named.is_none() {
            named = by_instagram(&text, &*instagram.reread().await?);
        }
        named.ok_or(CallbackError::InvalidSignature)
    }
}

impl Named {
    /// The login that knows the person, or the one whose app signed.
    async fn login(&self, transaction: &Transaction<'_>) -> Result<LoginKind, StoreError> {
        let known = store::disconnections::login_of(transaction, &self.person.user_id, self.logins).await?;
        Ok(known.or(self.logins.first().copied()).unwrap_or(LoginKind::FacebookLogin))
    }
}

/// The Meta app may sign for the Instagram app as well, which isn't documented either way.
fn by_meta(text: &str, apps: &Versions<MetaApp>) -> Option<Named> {
    let person = apps.iter().find_map(|app| verified(text, &app.app_secret))?;
    Some(Named { person, logins: &[LoginKind::FacebookLogin, LoginKind::InstagramLogin] })
}

fn by_instagram(text: &str, apps: &Versions<InstagramApp>) -> Option<Named> {
    let person = apps.iter().find_map(|app| verified(text, &app.app_secret))?;
    Some(Named { person, logins: &[LoginKind::InstagramLogin] })
}

/// An id that no column holds names nobody.
fn verified(text: &str, secret: &AppSecret) -> Option<SignedRequest> {
    let fits = |person: &SignedRequest| person.user_id.chars().count() <= 255 && !person.user_id.contains('\0');
    SignedRequest::verify(text, secret).ok().filter(fits)
}

/// What the audit log keeps of one of the person's accounts.
fn event(kind: AuthEventKind, account: Option<(AccountId, UserId)>, visitor: &Visitor) -> AuthEvent<'_> {
    AuthEvent {
        event: kind,
        user: account.map(|(_, user)| user),
        platform: Platform::Instagram,
        account: account.map(|(account, _)| account),
        failure: None,
        visitor,
    }
}
