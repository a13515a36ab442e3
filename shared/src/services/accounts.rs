//! Connected accounts.

use crate::{
    domain::{Account, Page, PageRequest, UserId},
    store::{self, Database, StoreError},
};

/// The owner's accounts, newest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(database: &Database, owner: UserId, page: PageRequest) -> Result<Page<Account>, StoreError> {
    let connection = database.connection().await?;
    let rows = store::accounts::page(&connection, owner, page).await?;
    Ok(Page::of(rows, page, |account| account.id.0))
}
