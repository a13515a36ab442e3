//! Posts as their owner sees them, each with its timeline.

use serde::Deserialize;
use tokio_postgres::{
    Row,
    types::{Json, Type},
};

use super::{Connection, Parameters, StoreError, word};
use crate::domain::{
    AccountId, PageRequest, Platform, Post, PostEvent, PostId, PostStatus, Progress, UserId,
    published::{message_for, tiktok_permalink},
};

/// Posts of a platform with what a [`Post`] is made of; the conditions follow.
macro_rules! select {
    (tiktok: $rest:literal) => {
        concat!(
            "SELECT p.id, p.oauth_account_id, p.status, p.title, p.publish_id, p.error_code, p.next_attempt_at,
                    p.publish_at, p.media_kind = 'PHOTO' AS is_photo, p.confirmed_bytes, p.total_bytes,
                    a.metadata ->> 'username' AS username, NULL AS permalink,
                    (SELECT coalesce(json_agg(json_build_object('id', t.post_id, 'isPublic', t.is_public)
                                              ORDER BY t.created_at, t.post_id), '[]')
                       FROM tiktok_public_posts t WHERE t.tiktok_post_id = p.id) AS published,
                    (SELECT coalesce(json_agg(json_build_object('at', e.at, 'event', e.event, 'code', e.code,
                                                                'detail', e.detail) ORDER BY e.at, e.id), '[]')
                       FROM post_events e WHERE e.tiktok_post_id = p.id) AS timeline
               FROM tiktok_posts p JOIN oauth_accounts a ON a.id = p.oauth_account_id
              WHERE p.user_id = $1 AND ",
            $rest
        )
    };
    (instagram: $rest:literal) => {
        concat!(
            "SELECT p.id, p.oauth_account_id, p.status, p.caption AS title, p.container_id AS publish_id, p.error_code,
                    p.next_attempt_at, p.publish_at, FALSE AS is_photo, 0::bigint AS confirmed_bytes,
                    NULL::bigint AS total_bytes, NULL AS username, p.permalink,
                    CASE WHEN p.ig_id IS NULL THEN '[]'
                         ELSE json_build_array(json_build_object('id', p.ig_id, 'isPublic', TRUE)) END AS published,
                    (SELECT coalesce(json_agg(json_build_object('at', e.at, 'event', e.event, 'code', e.code,
                                                                'detail', e.detail) ORDER BY e.at, e.id), '[]')
                       FROM post_events e WHERE e.instagram_post_id = p.id) AS timeline
               FROM instagram_posts p
              WHERE p.user_id = $1 AND ",
            $rest
        )
    };
}

/// The owner's posts to a platform, newest first: at most [`PageRequest::fetch`] rows.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    connection: &Connection,
    owner: UserId,
    platform: Platform,
    page: PageRequest,
) -> Result<Vec<Post>, StoreError> {
    let sql = match platform {
        Platform::TikTok => select!(tiktok: "p.id < $2 ORDER BY p.id DESC LIMIT $3"),
        Platform::Instagram => select!(instagram: "p.id < $2 ORDER BY p.id DESC LIMIT $3"),
    };
    let parameters: Parameters<'_> =
        &[(&owner.0, Type::INT8), (&page.before(), Type::INT4), (&page.fetch(), Type::INT8)];
    let rows = connection.query_typed(sql, parameters).await?;
    rows.iter().map(|row| post(platform, row)).collect()
}

/// The owner's post with this id.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(
    connection: &Connection,
    owner: UserId,
    platform: Platform,
    id: PostId,
) -> Result<Option<Post>, StoreError> {
    let sql = match platform {
        Platform::TikTok => select!(tiktok: "p.id = $2"),
        Platform::Instagram => select!(instagram: "p.id = $2"),
    };
    let parameters: Parameters<'_> = &[(&owner.0, Type::INT8), (&id.0, Type::INT4)];
    let row = connection.query_typed_opt(sql, parameters).await?;
    row.map(|row| post(platform, &row)).transpose()
}

/// What came of a post on the platform.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    id: String,
    is_public: bool,
}

fn post(platform: Platform, row: &Row) -> Result<Post, StoreError> {
    let published: Vec<Published> = row.try_get::<_, Json<_>>("published")?.0;
    let timeline: Vec<PostEvent> = row.try_get::<_, Json<_>>("timeline")?.0;
    let status = word(row, "status")?;
    let error_code = row.try_get::<_, Option<String>>("error_code")?.or_else(|| held_for(status, &timeline));
    Ok(Post {
        id: PostId(row.try_get("id")?),
        platform,
        account_id: AccountId(row.try_get("oauth_account_id")?),
        status,
        title: row.try_get("title")?,
        publish_id: row.try_get("publish_id")?,
        permalink: permalink(row, &published)?,
        platform_post_ids: published.into_iter().map(|post| post.id).collect(),
        error_message: error_code.as_deref().map(message_for).map(str::to_owned),
        error_code,
        next_attempt_at: row.try_get("next_attempt_at")?,
        publish_at: row.try_get("publish_at")?,
        progress: progress(row)?,
        timeline: timeline.into_iter().map(PostEvent::in_utc).collect(),
    })
}

/// A post that is held has no error: what it waits for is in its timeline.
fn held_for(status: PostStatus, timeline: &[PostEvent]) -> Option<String> {
    let held = |event: &&PostEvent| event.event == PostStatus::Held.as_str();
    timeline.iter().rev().find(held).filter(|_| status == PostStatus::Held)?.code.clone()
}

/// Instagram tells it; TikTok's is made of the first post that is public.
fn permalink(row: &Row, published: &[Published]) -> Result<Option<String>, StoreError> {
    let told: Option<String> = row.try_get("permalink")?;
    let username: Option<&str> = row.try_get("username")?;
    let is_photo: bool = row.try_get("is_photo")?;
    let public = published.iter().find(|post| post.is_public);
    let made = || public.zip(username).and_then(|(post, name)| tiktok_permalink(name, is_photo, &post.id));
    Ok(told.or_else(made))
}

fn progress(row: &Row) -> Result<Option<Progress>, StoreError> {
    let (confirmed_bytes, total_bytes) = (row.try_get("confirmed_bytes")?, row.try_get::<_, Option<_>>("total_bytes")?);
    Ok(total_bytes.map(|total_bytes| Progress { confirmed_bytes, total_bytes }))
}
