//! Subscribing Instagram accounts to webhooks: without it no event of theirs ever comes.
//!
//! Connecting queues it, since it's one more call to the platform that the person shouldn't wait for. Twice does no harm.

use platforms::{
    error::PlatformError,
    instagram::graph::Caller,
    secret::{AccessToken, AppSecret},
};

use super::{
    apps::{MetaApps, current},
    connect::Graphs,
};
use crate::{
    config::SecretError,
    crypto::{Place, Vault, VaultError},
    domain::{LoginKind, Platform, catalogue::ErrorCode},
    queue::{Queue, QueueError, subscriptions::Subscription},
    store::{
        self, Connection, Database, StoreError, late_revocations,
        subscriptions::{Unsubscribed, mark_refused, mark_subscribed},
    },
    telemetry::causes,
};

/// The most accounts that one round of the sweep takes.
const BATCH: i64 = 200;

/// What subscribing needs.
#[derive(Debug)]
pub struct Subscriber {
    /// The tables.
    pub database: Database,
    /// Opens tokens.
    pub vault: Vault,
    /// Our apps at Meta.
    pub apps: MetaApps,
    /// Meta's Graphs.
    pub graphs: Graphs,
}

/// An account wasn't subscribed, and may be when it's tried again.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// The platform failed.
    #[error("Meta did not subscribe the account")]
    Platform(#[from] PlatformError),
    /// The token doesn't open.
    #[error("the account's token does not open")]
    Vault(#[from] VaultError),
    /// The app's secret can't be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The app's secret isn't filled.
    #[error("the secret of our app is not filled")]
    NoApp,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Subscriber {
    /// Subscribes an account that isn't yet. What the platform refuses is noted with the account, and tried again by the
    /// sweep.
    ///
    /// # Errors
    /// See [`SubscribeError`]: try again.
    pub async fn subscribe(&self, subscription: &Subscription) -> Result<(), SubscribeError> {
        let id = subscription.instagram_account_id;
        let connection = self.database.connection().await?;
        let Some(account) = store::subscriptions::find_unsubscribed(&connection, id).await? else { return Ok(()) };
        drop(connection);
        let Some(token) = self.token(&account).await? else { return Ok(()) };
        let result = self.call(&account, &token).await;
        let connection = self.database.connection().await?;
        match result {
            Ok(()) => Ok(note(&connection, &account).await?),
            Err(SubscribeError::Platform(error)) if !ErrorCode::from(&error).is_retryable() => {
                let code = ErrorCode::from(&error).as_str();
                tracing::warn!(instagram_account_id = id, code, cause = %causes(&error), "an account gets no webhooks");
                Ok(mark_refused(&connection, &account, code).await?)
            }
            Err(error) => Err(error),
        }
    }

    async fn call(&self, account: &Unsubscribed, token: &AccessToken) -> Result<(), SubscribeError> {
        match (account.kind, &account.page_id) {
            (LoginKind::FacebookLogin, Some(page)) => {
                let app = current(&self.apps.meta).await?.ok_or(SubscribeError::NoApp)?;
                Ok(self.graphs.facebook.subscribe_page(page, &app.app_id, caller(token, &app.app_secret)).await?)
            }
            (LoginKind::InstagramLogin, _) => {
                let app = current(&self.apps.instagram).await?.ok_or(SubscribeError::NoApp)?;
                Ok(self.graphs.instagram.subscribe_account(caller(token, &app.app_secret)).await?)
            }
            // The table demands a Page for each account of Facebook Login.
            (LoginKind::FacebookLogin, None) => Ok(()),
        }
    }

    async fn token(&self, account: &Unsubscribed) -> Result<Option<AccessToken>, VaultError> {
        let Unsubscribed { user, open_id, page_id, page_token, access_token, .. } = account;
        let page = page_token.as_ref().zip(page_id.as_deref());
        match (page, access_token) {
            (Some((token, page)), _) => {
                self.vault.open(token, &Place::of_page_token(*user, open_id, page)).await.map(Some)
            }
            (None, Some(token)) => {
                let place = Place::of_login("access_token_encrypted", Platform::Instagram, *user, open_id);
                self.vault.open(token, &place).await.map(Some)
            }
            (None, None) => Ok(None),
        }
    }
}

/// An account that was disconnected while it was subscribed must not stay so: that is left to whoever tells the platforms of
/// those who left.
async fn note(connection: &Connection, account: &Unsubscribed) -> Result<(), StoreError> {
    if !mark_subscribed(connection, account).await? && late_revocations::add_subscription(connection, account).await? {
        tracing::info!(instagram_account_id = account.id, "a subscription came after the disconnect, it will be ended");
    }
    Ok(())
}

fn caller<'a>(token: &'a AccessToken, app_secret: &'a AppSecret) -> Caller<'a> {
    Caller { token, app_secret }
}

/// Queues accounts that nobody has subscribed: their message was lost, or the platform refused a while ago. Returns how
/// many those were.
///
/// # Errors
/// The database or the queue failed; the next round goes on.
pub async fn sweep(database: &Database, queue: &Queue) -> Result<usize, SweepError> {
    let connection = database.connection().await?;
    let overdue = store::subscriptions::take_overdue(&connection, BATCH).await?;
    drop(connection);
    for id in &overdue {
        let subscription = Subscription { instagram_account_id: *id, correlation_id: None };
        queue.send(subscription.to_message()).await?;
    }
    Ok(overdue.len())
}

/// A sweep was not finished.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}
