//! Connected accounts.

use serde::de::{DeserializeOwned, value::StrDeserializer};
use tokio_postgres::{
    Row,
    types::{Json, Type},
};

use super::{Connection, Parameters, StoreError};
use crate::domain::{Account, AccountId, AccountStatus, PageRequest, UserId};

/// The owner's accounts, newest first: at most [`PageRequest::fetch`] rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(connection: &Connection, owner: UserId, page: PageRequest) -> Result<Vec<Account>, StoreError> {
    const SQL: &str = "
        SELECT a.id, a.provider, a.open_id, a.display_name, a.scope, ends.at AS expires_at,
               CASE WHEN a.status = 'active' AND ends.at < now() + INTERVAL '10 days' THEN 'expiring'
                    ELSE a.status END AS status,
               (SELECT coalesce(json_agg(json_build_object('id', i.id, 'igBusinessId', i.ig_business_id,
                                         'username', i.username, 'canPublish', i.can_publish) ORDER BY i.id), '[]')
                  FROM instagram_accounts i
                 WHERE i.oauth_account_id = a.id AND i.status <> 'revoked') AS instagram_accounts
          FROM oauth_accounts a
         CROSS JOIN LATERAL (
               SELECT least(coalesce(a.refresh_expires_at, a.expires_at), a.data_access_expires_at) AS at) ends
         WHERE a.user_id = $1 AND a.id < $2
         ORDER BY a.id DESC
         LIMIT $3";
    let parameters: Parameters<'_> =
        &[(&owner.0, Type::INT8), (&page.before(), Type::INT4), (&page.fetch(), Type::INT8)];
    let rows = connection.query_typed(SQL, parameters).await?;
    rows.iter().map(account).collect()
}

fn account(row: &Row) -> Result<Account, StoreError> {
    let scopes: &str = row.try_get("scope")?;
    Ok(Account {
        id: AccountId(row.try_get("id")?),
        platform: word(row, "provider")?,
        open_id: row.try_get("open_id")?,
        display_name: row.try_get("display_name")?,
        status: word::<AccountStatus>(row, "status")?,
        scopes: scopes.split(',').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        expires_at: row.try_get("expires_at")?,
        instagram_accounts: row.try_get::<_, Json<_>>("instagram_accounts")?.0,
    })
}

/// A text column that holds one of an enum's words; the CHECK constraints and the enums must agree.
fn word<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(text))
        .map_err(|error| StoreError::Unexpected { column, source: error.into() })
}
