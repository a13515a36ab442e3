//! What leads to the rows of a person whom Meta names.
//!
//! It crosses owners: the person is Meta's, and may have been connected by several of our users.

use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use tokio_postgres::types::Type;

use super::{Parameters, StoreError, data_deletion_requests::OpenRequest};

/// Everything that leads to the person's rows. It's read from rows that are deleted last, so a purge that was stopped
/// finds it again.
#[derive(Debug)]
pub struct Traces {
    /// The request's id.
    pub(super) request: i64,
    /// `oauth_accounts.id` of the person's logins.
    pub(super) logins: Vec<i32>,
    /// `instagram_accounts.id` of the accounts behind them.
    pub(super) accounts: Vec<i32>,
    /// Whom the logins belong to.
    pub(super) users: Vec<i64>,
    /// Meta's ids of the person, the logins, the accounts and their Pages, unless somebody else's connection has the
    /// same account by now.
    pub(super) ids: Vec<String>,
    /// The names of those accounts on Instagram.
    pub(super) usernames: Vec<String>,
    /// The ids of the logins alone, and of the person.
    pub(super) open_ids: Vec<String>,
    /// When it was asked for, where the person has connected again since: what came later isn't meant then.
    pub(super) until: Option<OffsetDateTime>,
}

/// What leads to this person's rows, as they are now.
///
/// # Errors
/// See [`StoreError`].
pub async fn traces(transaction: &Transaction<'_>, request: &OpenRequest) -> Result<Traces, StoreError> {
    const SQL: &str = "
        WITH login AS (
             SELECT id, user_id, open_id, granted_at FROM oauth_accounts
              WHERE provider = 'instagram' AND login_kind = $1 AND person_id = $2),
        account AS (
             SELECT i.id, i.ig_business_id, i.page_id, i.username
               FROM instagram_accounts i JOIN login ON login.id = i.oauth_account_id),
        named AS (
             SELECT $2 AS id
              UNION SELECT open_id FROM login
              UNION SELECT ig_business_id FROM account
              UNION SELECT page_id FROM account WHERE page_id IS NOT NULL),
        theirs AS (
             SELECT id::text FROM named
              WHERE NOT EXISTS (SELECT FROM instagram_accounts other
                                 WHERE other.status <> 'revoked' AND other.oauth_account_id NOT IN (SELECT id FROM login)
                                   AND named.id IN (other.ig_business_id, other.page_id))),
        username AS (
             SELECT DISTINCT username::text AS name FROM account WHERE ig_business_id IN (SELECT id FROM theirs))
        SELECT EXISTS (SELECT FROM login WHERE granted_at > $3) AS has_come_back,
               ARRAY(SELECT id FROM login) AS logins, ARRAY(SELECT DISTINCT user_id FROM login) AS users,
               ARRAY(SELECT id FROM account) AS accounts, ARRAY(SELECT id FROM theirs) AS ids,
               ARRAY(SELECT name FROM username) AS usernames,
               ARRAY(SELECT $2 UNION SELECT open_id FROM login) AS open_ids";
    let parameters: Parameters<'_> = &[
        (&request.login.as_str(), Type::TEXT),
        (&request.person_id, Type::TEXT),
        (&request.asked_at, Type::TIMESTAMPTZ),
    ];
    let row = transaction.query_typed_one(SQL, parameters).await?;
    Ok(Traces {
        request: request.id,
        logins: row.try_get("logins")?,
        accounts: row.try_get("accounts")?,
        users: row.try_get("users")?,
        ids: row.try_get("ids")?,
        usernames: row.try_get("usernames")?,
        open_ids: row.try_get("open_ids")?,
        until: row.try_get::<_, bool>("has_come_back")?.then_some(request.asked_at),
    })
}
