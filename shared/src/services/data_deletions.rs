//! How far deletions of people's data are.

use crate::{
    domain::DataDeletion,
    store::{self, Database, StoreError},
};

/// The deletion with this code.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(database: &Database, code: &str) -> Result<Option<DataDeletion>, StoreError> {
    let connection = database.connection().await?;
    store::data_deletion_requests::find(&connection, code).await
}
