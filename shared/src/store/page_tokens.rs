//! The tokens of the Pages that a login reaches.

use platforms::secret::AccessToken;
use tokio_postgres::types::Type;

use super::{Connection, Parameters, StoreError, array::clipped};
use crate::{crypto::Sealed, domain::AccountId};

/// A Page's token that still serves an Instagram account.
#[derive(Debug)]
pub struct PageToken {
    /// `instagram_accounts.id`.
    pub instagram_account: i32,
    /// The Page.
    pub page_id: String,
    /// Acts for it.
    pub token: Sealed<AccessToken>,
}

/// Those of a login's active accounts.
///
/// # Errors
/// See [`StoreError`].
pub async fn of_login(connection: &Connection, login: AccountId) -> Result<Vec<PageToken>, StoreError> {
    const SQL: &str = "
        SELECT id, page_id, page_token_encrypted FROM instagram_accounts
         WHERE oauth_account_id = $1 AND status = 'active' AND page_id IS NOT NULL AND page_token_encrypted IS NOT NULL
         ORDER BY id";
    let rows = connection.query_typed(SQL, &[(&login.0, Type::INT4)]).await?;
    let token = |row: &tokio_postgres::Row| {
        Ok(PageToken {
            instagram_account: row.try_get("id")?,
            page_id: row.try_get("page_id")?,
            token: Sealed::from_column(row.try_get("page_token_encrypted")?),
        })
    };
    rows.iter().map(token).collect()
}

/// Notes that the person must connect this account again, unless another token lies there by now.
///
/// # Errors
/// See [`StoreError`].
pub async fn died(connection: &Connection, page: &PageToken, reason: &str) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE instagram_accounts
           SET status = 'needs_reauth', status_reason = $3, status_changed_at = now(), updated_at = now()
         WHERE id = $1 AND page_token_encrypted = $2 AND status = 'active'";
    let parameters: Parameters<'_> = &[
        (&page.instagram_account, Type::INT4),
        (&page.token.as_str(), Type::TEXT),
        (&clipped(reason, 100), Type::TEXT),
    ];
    Ok(connection.execute_typed(SQL, parameters).await? == 1)
}
