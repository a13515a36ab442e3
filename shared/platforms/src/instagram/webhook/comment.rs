//! A comment, as a webhook tells it.

use serde::Deserialize;

use super::author::{Person, named};
use crate::lenient;

/// A comment as a webhook tells it: without a time, which Meta doesn't send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The comment's id.
    pub id: String,
    /// The media that it stands under.
    pub media_id: String,
    /// For a reply, the comment that it answers.
    pub parent_id: Option<String>,
    /// Who wrote it: an id for our app, which doesn't change.
    pub from_id: Option<String>,
    /// Who wrote it: the name. Needs a permission, so it may be missing.
    pub username: Option<String>,
    /// What it says; missing for a comment of media alone.
    pub text: Option<String>,
}

#[derive(Deserialize)]
struct CommentValue {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    comment_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    parent_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    text: Option<String>,
    #[serde(default, deserialize_with = "lenient::member")]
    from: Option<Person>,
    #[serde(default, deserialize_with = "lenient::member")]
    media: Option<Media>,
}

#[derive(Deserialize)]
struct Media {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
}

impl Comment {
    /// Reads the change's `value`: `id` in the field reference, `comment_id` in the Facebook Login sample, whichever is
    /// there. An id without a character is none.
    pub(super) fn read(value: &str) -> Option<Self> {
        let value: CommentValue = lenient::object(value.as_bytes()).ok()?;
        let from = value.from.unwrap_or_default();
        Some(Self {
            id: named(value.id).or(named(value.comment_id))?,
            media_id: named(value.media?.id)?,
            parent_id: named(value.parent_id),
            from_id: named(from.id),
            username: named(from.username),
            text: value.text,
        })
    }
}
