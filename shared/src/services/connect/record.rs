//! Puts a login into the tables: sealed, and in one transaction.

use std::time::Duration;

use deadpool_postgres::Transaction;
use futures_util::future::join_all;
use platforms::{error::PlatformError, secret::AccessToken};
use tokio::time::timeout;

use super::ConnectError;
use crate::{
    crypto::{Place, Sealed, Vault},
    domain::{
        AccountId, AuthEvent, AuthEventKind, Login, LoginKind, ReachedAccount, UserId, Visitor, catalogue::ErrorCode,
    },
    queue::{Queue, subscriptions::Subscription},
    store::{
        self, Database, StoreError,
        logins::{SealedLogin, Upserted},
    },
};

/// Two logins of one account at the same moment may meet in its index; the second finds the first one's row then.
const ATTEMPTS: u32 = 3;
/// What queuing all subscriptions may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// What recording a login needs.
#[derive(Debug)]
pub struct Recorder {
    /// The tables.
    pub database: Database,
    /// Seals tokens.
    pub vault: Vault,
    /// Where accounts go that have to be subscribed to webhooks.
    pub subscriptions: Queue,
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recorded {
    /// The login.
    pub(super) account: AccountId,
    /// `instagram_accounts.id` of those behind it.
    pub(super) instagram_accounts: Vec<i32>,
    /// How many of its Instagram accounts another user has.
    pub(super) left_out: usize,
}

/// An Instagram account with its Page's token sealed.
type SealedAccount<'a> = (&'a ReachedAccount, Option<Sealed<AccessToken>>);

impl Recorder {
    /// Writes the login, its Instagram accounts and the audit row, or nothing at all, and queues the subscriptions. One
    /// that can't be queued is found by the sweep.
    pub(super) async fn record(
        &self,
        user: UserId,
        login: &Login,
        visitor: &Visitor,
    ) -> Result<Recorded, ConnectError> {
        let sealed = self.seal(user, login).await?;
        let accounts = self.seal_accounts(user, login).await?;
        let mut attempt = 1;
        let recorded = loop {
            match Box::pin(self.transaction(user, login, (&sealed, &accounts), visitor)).await {
                Err(ConnectError::Store(error)) if attempt < ATTEMPTS && may_pass(&error) => attempt += 1,
                Err(ConnectError::Store(error)) if is_taken(&error) => return Err(ConnectError::ConnectedElsewhere),
                result => break result?,
            }
        };
        self.queue_all(&recorded.instagram_accounts, visitor).await;
        Ok(recorded)
    }

    async fn transaction(
        &self,
        user: UserId,
        login: &Login,
        (sealed, accounts): (&SealedLogin, &[SealedAccount<'_>]),
        visitor: &Visitor,
    ) -> Result<Recorded, ConnectError> {
        let mut connection = self.database.connection().await?;
        let transaction = connection.transaction().await.map_err(StoreError::from)?;
        let Upserted { account, is_written } = store::logins::upsert(&transaction, user, login, sealed).await?;
        let (reached, left_out) = match login.kind.filter(|_| is_written) {
            Some(kind) => {
                let ending = login.is_complete.then_some(visitor);
                instagram_accounts(&transaction, (user, account, kind), accounts, ending).await?
            }
            None => (Vec::new(), 0),
        };
        if is_written {
            store::disconnections::cancel(&transaction, login).await?;
            store::forgotten::consented(&transaction, login).await?;
            store::publish_due::ask_again(&transaction, account).await?;
        }
        let event = |event, failure| AuthEvent {
            event,
            user: Some(user),
            platform: login.platform,
            account: Some(account),
            failure,
            visitor,
        };
        for _ in 0..left_out {
            let elsewhere = Some(ErrorCode::AccountConnectedElsewhere);
            let event = event(AuthEventKind::InstagramAccountConnected, elsewhere);
            store::auth_audit_log::insert(&*transaction, &event).await?;
        }
        let connected = event(AuthEventKind::Connected, None);
        store::auth_audit_log::insert(&*transaction, &connected).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        connected.log();
        Ok(Recorded { account, instagram_accounts: reached, left_out })
    }

    async fn seal(&self, user: UserId, login: &Login) -> Result<SealedLogin, ConnectError> {
        let place = |column| Place::of_login(column, login.platform, user, &login.open_id);
        let refresh = match &login.refresh_token {
            Some(token) => Some(self.vault.seal(token, &place("refresh_token_encrypted")).await?),
            None => None,
        };
        Ok(SealedLogin {
            access: self.vault.seal(&login.access_token, &place("access_token_encrypted")).await?,
            refresh,
        })
    }

    async fn seal_accounts<'a>(&self, user: UserId, login: &'a Login) -> Result<Vec<SealedAccount<'a>>, ConnectError> {
        let mut sealed = Vec::with_capacity(login.instagram_accounts.len());
        for account in &login.instagram_accounts {
            let token = match &account.page {
                Some(page) => {
                    let place = Place::of_page_token(user, &login.open_id, &page.id);
                    Some(self.vault.seal(&page.token, &place).await?)
                }
                None => None,
            };
            sealed.push((account, token));
        }
        Ok(sealed)
    }

    /// The person waits for this, so it has a short limit.
    async fn queue_all(&self, instagram_accounts: &[i32], visitor: &Visitor) {
        let sends = join_all(instagram_accounts.iter().map(|id| self.queue(*id, visitor)));
        if timeout(PATIENCE, sends).await.is_err() {
            tracing::warn!("the queue is slow; subscriptions are left to the sweep");
        }
    }

    async fn queue(&self, instagram_account_id: i32, visitor: &Visitor) {
        let subscription = Subscription { instagram_account_id, correlation_id: visitor.correlation_id.clone() };
        if let Err(error) = self.subscriptions.send(subscription.to_message()).await {
            tracing::warn!(instagram_account_id, cause = ?error, "a subscription is left to the sweep");
        }
    }
}

/// Writes the accounts that are free. Where all were read, a visitor is given who ends those that the login no longer reaches.
async fn instagram_accounts(
    transaction: &Transaction<'_>,
    (user, login, kind): (UserId, AccountId, LoginKind),
    accounts: &[SealedAccount<'_>],
    ending: Option<&Visitor>,
) -> Result<(Vec<i32>, usize), ConnectError> {
    let ids: Vec<_> = accounts.iter().map(|(account, _)| account.ig_business_id.as_str()).collect();
    let taken = store::logins::taken(transaction, user, kind, &ids).await?;
    let free = accounts.iter().filter(|(account, _)| !taken.contains(&account.ig_business_id));
    let mut reached = Vec::new();
    for (account, token) in free {
        let owner = (user, login, kind);
        reached.push(store::logins::upsert_instagram(transaction, owner, account, token.as_ref()).await?);
    }
    if reached.is_empty() {
        return Err(ConnectError::ConnectedElsewhere);
    }
    if let Some(visitor) = ending {
        store::logins::end_unreached(transaction, user, login, &reached, visitor.correlation_id.as_ref()).await?;
    }
    Ok((reached, taken.len()))
}

fn is_taken(error: &StoreError) -> bool {
    [store::logins::LIVING_OWNER, store::logins::INSTAGRAM_LIVING_OWNER].iter().any(|index| error.violates(index))
}

/// Whether the same transaction may pass now: it lost to another one.
fn may_pass(error: &StoreError) -> bool {
    error.is_conflict() || is_taken(error)
}

/// Whether ids are ones that a column can hold.
pub(super) fn fits<'a>(ids: impl IntoIterator<Item = &'a String>) -> Result<(), PlatformError> {
    let fits = |id: &String| (1..=255).contains(&id.chars().count()) && !id.contains('\0');
    let problem = || PlatformError::Unreadable { problem: "an id that no column holds".to_owned(), status: 200 };
    if ids.into_iter().all(fits) { Ok(()) } else { Err(problem()) }
}
