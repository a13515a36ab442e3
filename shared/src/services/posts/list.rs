//! Posts and what became of them.

use crate::{
    domain::{Page, PageRequest, Platform, Post, PostId, UserId},
    store::{self, Database, StoreError},
};

/// The owner's posts to a platform, newest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(
    database: &Database,
    owner: UserId,
    platform: Platform,
    page: PageRequest,
) -> Result<Page<Post>, StoreError> {
    let connection = database.connection().await?;
    let rows = store::posts::page(&connection, owner, platform, page).await?;
    Ok(Page::of(rows, page, |post| post.id.0))
}

/// One of the owner's posts.
///
/// # Errors
/// See [`StoreError`].
pub async fn get(
    database: &Database,
    owner: UserId,
    platform: Platform,
    id: PostId,
) -> Result<Option<Post>, StoreError> {
    store::posts::find(&database.connection().await?, owner, platform, id).await
}
