//! How far deletions of people's data are.

use crate::{
    domain::DataDeletion,
    store::{self, Database, StoreError},
};

/// The deletion with this code, which has letters and digits only.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(database: &Database, code: &str) -> Result<Option<DataDeletion>, StoreError> {
    if !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let connection = database.connection().await?;
    store::data_deletion_requests::find(&connection, code).await
}
