//! Every sealed token there is, whoever's it is: for the operator, who brings them under another key.

use tokio_postgres::{Row, types::Type};

use super::{Connection, Parameters, StoreError, word};
use crate::domain::{Platform, UserId};

/// A column that holds sealed tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The table and the column that its tokens were sealed for. What waits to be revoked was moved as it was.
    pub sealed_for: (&'static str, &'static str),
    /// The table as `t`, with whatever else tells the place.
    rows: &'static str,
    /// Those of its rows that are meant.
    only: &'static str,
    /// The rest of the place.
    place: &'static str,
}

impl TokenColumn {
    /// All of them. An address to upload to is sealed as well, but dies within the hour.
    pub const ALL: [Self; 6] = [
        Self::of_login("access_token_encrypted"),
        Self::of_login("refresh_token_encrypted"),
        Self {
            table: Self::PAGE_TOKEN.0,
            name: Self::PAGE_TOKEN.1,
            sealed_for: Self::PAGE_TOKEN,
            rows: "instagram_accounts t JOIN oauth_accounts login ON login.id = t.oauth_account_id",
            only: "TRUE",
            place: "login.provider, login.open_id, t.page_id",
        },
        Self::of_revocation("access_token_encrypted", "t.page_id IS NULL"),
        Self::of_revocation("refresh_token_encrypted", "t.page_id IS NULL"),
        Self { sealed_for: Self::PAGE_TOKEN, ..Self::of_revocation("access_token_encrypted", "t.page_id IS NOT NULL") },
    ];

    const PAGE_TOKEN: (&'static str, &'static str) = ("instagram_accounts", "page_token_encrypted");

    const fn of_login(name: &'static str) -> Self {
        let place = "t.provider, t.open_id, NULL::text AS page_id";
        let (table, rows) = ("oauth_accounts", "oauth_accounts t");
        Self { table, name, sealed_for: (table, name), rows, only: "TRUE", place }
    }

    const fn of_revocation(name: &'static str, only: &'static str) -> Self {
        let place = "t.provider, t.open_id, t.page_id";
        let (table, rows) = ("pending_revocations", "pending_revocations t");
        Self { table, name, sealed_for: ("oauth_accounts", name), rows, only, place }
    }

    fn select(self) -> String {
        let Self { name, rows, only, place, .. } = self;
        format!(
            "SELECT t.id::bigint AS id, t.user_id, {place}, t.{name} AS sealed
               FROM {rows} WHERE t.{name} IS NOT NULL AND {only}"
        )
    }
}

/// A sealed token with all that its place is made of.
#[derive(Debug, Clone)]
pub struct SealedToken {
    /// Where it lies.
    pub column: TokenColumn,
    /// Its row there.
    pub id: i64,
    /// Whose it is.
    pub user: UserId,
    /// Where it acts.
    pub platform: Platform,
    /// The login.
    pub open_id: String,
    /// The Page, for a Page's token.
    pub page_id: Option<String>,
    /// The token, sealed.
    pub sealed: String,
}

/// How many tokens a column holds.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(connection: &Connection, column: TokenColumn) -> Result<i64, StoreError> {
    let TokenColumn { name, rows, only, .. } = column;
    let sql = format!("SELECT count(t.{name}) FROM {rows} WHERE {only}");
    Ok(connection.query_typed_one(&sql, &[]).await?.try_get(0)?)
}

/// At most `limit` of a column's tokens, of rows with an id above `after`, by rising id.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    connection: &Connection,
    column: TokenColumn,
    after: i64,
    limit: i64,
) -> Result<Vec<SealedToken>, StoreError> {
    let sql = format!("{} AND t.id > $1 ORDER BY t.id LIMIT $2", column.select());
    let rows = connection.query_typed(&sql, &[(&after, Type::INT8), (&limit, Type::INT8)]).await?;
    rows.iter().map(|row| token(column, row)).collect()
}

/// A row's token as it lies there now; `None` once it was shredded.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(connection: &Connection, column: TokenColumn, id: i64) -> Result<Option<SealedToken>, StoreError> {
    let sql = format!("{} AND t.id = $1", column.select());
    let row = connection.query_typed_opt(&sql, &[(&id, Type::INT8)]).await?;
    row.map(|row| token(column, &row)).transpose()
}

/// Puts the same token there, sealed anew, unless another lies there by now; tells whether it did. The token's version
/// stays: a refresh that is under way must still find the one that it began with, or its new pair would be lost.
///
/// # Errors
/// See [`StoreError`].
pub async fn replace(connection: &Connection, old: &SealedToken, new: &str) -> Result<bool, StoreError> {
    let TokenColumn { table, name, .. } = old.column;
    let sql = format!("UPDATE {table} SET {name} = $3 WHERE id = $1 AND {name} = $2");
    let parameters: Parameters<'_> = &[(&old.id, Type::INT8), (&old.sealed, Type::TEXT), (&new, Type::TEXT)];
    Ok(connection.execute_typed(&sql, parameters).await? == 1)
}

fn token(column: TokenColumn, row: &Row) -> Result<SealedToken, StoreError> {
    Ok(SealedToken {
        column,
        id: row.try_get("id")?,
        user: UserId(row.try_get("user_id")?),
        platform: word(row, "provider")?,
        open_id: row.try_get("open_id")?,
        page_id: row.try_get("page_id")?,
        sealed: row.try_get("sealed")?,
    })
}
