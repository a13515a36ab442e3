//! Which Instagram accounts are subscribed to webhooks, and which have yet to be.
//!
//! Subscribing is ours to do whoever owns the account, so these statements cross owners.

use platforms::secret::AccessToken;
use tokio_postgres::{Row, types::Type};

use super::{Connection, Parameters, StoreError, word};
use crate::{
    crypto::Sealed,
    domain::{LoginKind, UserId},
};

/// An account that has yet to be subscribed.
#[derive(Debug)]
pub struct Unsubscribed {
    /// `instagram_accounts.id`.
    pub id: i32,
    /// Its owner.
    pub user: UserId,
    /// Which login it came by.
    pub kind: LoginKind,
    /// Meta's id of it.
    pub ig_business_id: String,
    /// The login's id at the platform.
    pub open_id: String,
    /// The Page that leads to it.
    pub page_id: Option<String>,
    /// Acts for the Page.
    pub page_token: Option<Sealed<AccessToken>>,
    /// Acts for the login.
    pub access_token: Option<Sealed<AccessToken>>,
}

impl Unsubscribed {
    /// The sealed token that it's subscribed with. No two logins seal to the same text.
    pub(super) fn token(&self) -> Option<&str> {
        self.page_token.as_ref().or(self.access_token.as_ref()).map(Sealed::as_str)
    }
}

/// The account with this id, where it lives and isn't subscribed.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_unsubscribed(connection: &Connection, id: i32) -> Result<Option<Unsubscribed>, StoreError> {
    const SQL: &str = "
        SELECT i.id, i.user_id, i.login_kind, i.ig_business_id, a.open_id, i.page_id, i.page_token_encrypted,
               a.access_token_encrypted
          FROM instagram_accounts i JOIN oauth_accounts a ON a.id = i.oauth_account_id
         WHERE i.id = $1 AND i.status = 'active' AND i.subscribed_at IS NULL AND a.status = 'active'";
    let row = connection.query_typed_opt(SQL, &[(&id, Type::INT4)]).await?;
    row.as_ref().map(unsubscribed).transpose()
}

/// Notes that an account is subscribed; `false` where it was disconnected meanwhile, or connected again, perhaps by another
/// Page.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_subscribed(connection: &Connection, account: &Unsubscribed) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE instagram_accounts i
           SET subscribed_at = now(), status_reason = NULL, updated_at = now()
          FROM oauth_accounts a
         WHERE i.id = $1 AND i.status = 'active' AND a.id = i.oauth_account_id
           AND coalesce(i.page_token_encrypted, a.access_token_encrypted) = $2";
    let parameters: Parameters<'_> = &[(&account.id, Type::INT4), (&account.token(), Type::TEXT)];
    Ok(connection.execute_typed(SQL, parameters).await? == 1)
}

/// Notes why an account can't be subscribed, unless it was connected again meanwhile.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_refused(connection: &Connection, account: &Unsubscribed, code: &str) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE instagram_accounts i
           SET status_reason = $3, updated_at = now()
          FROM oauth_accounts a
         WHERE i.id = $1 AND i.status = 'active' AND a.id = i.oauth_account_id
           AND coalesce(i.page_token_encrypted, a.access_token_encrypted) = $2";
    let parameters: Parameters<'_> = &[(&account.id, Type::INT4), (&account.token(), Type::TEXT), (&code, Type::TEXT)];
    connection.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Takes at most `limit` accounts of living logins that nobody has subscribed: after ten minutes, since their message may be under way,
/// or an hour after a refusal. They are taken for as long again.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_overdue(connection: &Connection, limit: i64) -> Result<Vec<i32>, StoreError> {
    const SQL: &str = "
        UPDATE instagram_accounts
           SET updated_at = now()
         WHERE id IN (SELECT i.id
                        FROM instagram_accounts i JOIN oauth_accounts a ON a.id = i.oauth_account_id
                       WHERE i.status = 'active' AND a.status = 'active' AND i.subscribed_at IS NULL
                         AND i.updated_at < now()
                             - CASE WHEN i.status_reason IS NULL THEN INTERVAL '10 minutes' ELSE INTERVAL '1 hour' END
                       ORDER BY i.updated_at
                       LIMIT $1
                         FOR UPDATE OF i SKIP LOCKED)
        RETURNING id";
    let rows = connection.query_typed(SQL, &[(&limit, Type::INT8)]).await?;
    rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
}

fn unsubscribed(row: &Row) -> Result<Unsubscribed, StoreError> {
    let sealed = |column| Ok::<_, StoreError>(row.try_get::<_, Option<String>>(column)?.map(Sealed::from_column));
    Ok(Unsubscribed {
        id: row.try_get("id")?,
        user: UserId(row.try_get("user_id")?),
        kind: word(row, "login_kind")?,
        ig_business_id: row.try_get("ig_business_id")?,
        open_id: row.try_get("open_id")?,
        page_id: row.try_get("page_id")?,
        page_token: sealed("page_token_encrypted")?,
        access_token: sealed("access_token_encrypted")?,
    })
}
