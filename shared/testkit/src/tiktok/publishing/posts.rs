//! The posts that were begun, with what has become of them.

use serde_json::{Value, json};

use super::{chunks::Declared, init::PostInfo, received::Received};

/// All of them, in their order.
#[derive(Debug, Default)]
pub(in crate::tiktok) struct Posts(Vec<Post>);

/// One that was begun.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) publish_id: String,
    /// Whose it is.
    pub(super) open_id: String,
    pub(super) username: String,
    pub(super) info: PostInfo,
    pub(super) file: Declared,
    pub(super) upload: Upload,
    pub(super) received: Received,
    pub(super) begun_at: i64,
    pub(super) stage: Stage,
    /// Was public and isn't any more, so moderation is over.
    pub(super) withdrawn: bool,
}

/// Where its bytes go.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) url: String,
    pub(super) expires_at: i64,
}

/// How far it is.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    /// Bytes are missing.
    Receiving,
    /// The file is whole.
    Processing { since: i64 },
    /// It is posted, and under these ids everybody can see it.
    Published { since: i64, post_ids: Vec<String> },
    /// It never will be.
    Failed { reason: String },
}

impl Posts {
    pub(super) fn add(&mut self, post: Post) {
        self.0.push(post);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Post> {
        self.0.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Post> {
        self.0.iter_mut()
    }

    pub(super) fn find(&self, publish_id: &str) -> Option<&Post> {
        self.iter().find(|post| post.publish_id == publish_id)
    }

    pub(super) fn find_mut(&mut self, publish_id: &str) -> Option<&mut Post> {
        self.iter_mut().find(|post| post.publish_id == publish_id)
    }

    pub(super) fn by_upload_id(&mut self, id: &str) -> Option<&mut Post> {
        self.iter_mut().find(|post| post.upload.id == id)
    }
}

impl Stage {
    /// TikTok's word for it.
    pub(super) fn status(&self) -> &'static str {
        match self {
            Self::Receiving | Self::Processing { .. } => "PROCESSING_UPLOAD",
            Self::Published { .. } => "PUBLISH_COMPLETE",
            Self::Failed { .. } => "FAILED",
        }
    }

    /// Whether it counts among what a person has posted.
    pub(super) fn counts(&self) -> bool {
        matches!(self, Self::Processing { .. } | Self::Published { .. })
    }

    pub(super) fn post_ids(&self) -> &[String] {
        if let Self::Published { post_ids, .. } = self { post_ids } else { &[] }
    }

    pub(super) fn fail_reason(&self) -> Option<&str> {
        if let Self::Failed { reason } = self { Some(reason) } else { None }
    }
}

impl Post {
    /// Whether its address still takes bytes.
    pub(super) fn takes_bytes(&self, now: i64) -> bool {
        matches!(self.stage, Stage::Receiving) && self.upload.expires_at > now
    }

    /// What a test sees of it.
    pub(super) fn seen(&self) -> Value {
        json!({
            "publish_id": self.publish_id,
            "person": self.username,
            "title": self.info.title,
            "post_info": self.info,
            "status": self.stage.status(),
            "fail_reason": self.stage.fail_reason(),
            "post_ids": self.stage.post_ids(),
            "video_size": self.file.size,
            "chunk_size": self.file.chunk_size,
            "bytes": self.received.count,
            "sha256": self.received.sha256(),
        })
    }
}
