//! What becomes of a post whose file is whole: it is worked on, posted, and public after moderation. Webhooks tell.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    posts::{Post, Stage},
    settings::Publishing,
};
use crate::{
    control::held,
    delivery::Manner,
    random,
    tiktok::{State as TikTok, webhooks::Event},
};

/// Where a post gets to.
#[derive(Debug, Clone)]
pub(super) enum Move {
    /// Posted.
    Complete,
    /// Everybody can see it.
    Public,
    /// Nobody can see it any more.
    NoLongerPublic,
    /// It never will be posted.
    Failed { reason: String },
}

impl Post {
    /// Gets the post there, and tells the event that says so.
    pub(super) fn make(&mut self, step: Move, now: i64, manner: Manner) -> Event {
        let mut content = json!({ "publish_id": self.publish_id, "publish_type": "DIRECT_PUBLISH" });
        let event = match step {
            Move::Complete => {
                self.stage = Stage::Published { since: now, post_ids: Vec::new() };
                "post.publish.complete"
            }
            Move::Public => {
                content["post_id"] = json!(self.publish(now));
                "post.publish.publicly_available"
            }
            Move::NoLongerPublic => {
                content["post_id"] = json!(self.stage.post_ids().first());
                self.withdrawn = true;
                self.stage = Stage::Published { since: now, post_ids: Vec::new() };
                "post.publish.no_longer_publicaly_available"
            }
            Move::Failed { reason } => {
                content["reason"] = json!(reason);
                self.stage = Stage::Failed { reason };
                "post.publish.failed"
            }
        };
        Event::of_post(event, self.open_id.clone(), content, manner)
    }

    /// Under an id of 19 digits, as text.
    fn publish(&mut self, now: i64) -> Value {
        let id = random::digits(19);
        self.stage = Stage::Published { since: now, post_ids: vec![id.clone()] };
        id.into()
    }

    /// What is due by itself.
    fn due(&self, settings: &Publishing, now: i64) -> Option<Move> {
        let over = |since: i64, seconds: Option<u64>| seconds.is_some_and(|s| since.saturating_add_unsigned(s) <= now);
        match &self.stage {
            Stage::Processing { since } if over(*since, settings.processing_s) => Some(match &settings.fail_reason {
                Some(reason) => Move::Failed { reason: reason.clone() },
                None => Move::Complete,
            }),
            Stage::Published { since, post_ids } => {
                let awaited = self.info.privacy_level == "PUBLIC_TO_EVERYONE" && post_ids.is_empty() && !self.withdrawn;
                (awaited && over(*since, settings.moderation_s)).then_some(Move::Public)
            }
            _ => None,
        }
    }
}

impl TikTok {
    /// Makes every move that is due.
    pub(in crate::tiktok) fn move_posts(self: &Arc<Self>) {
        let (settings, now) = (self.control.settings().publishing, self.control.now());
        let mut events = Vec::new();
        for post in held(&self.posts).iter_mut() {
            while let Some(step) = post.due(&settings, now) {
                events.push(post.make(step, now, Manner::default()));
            }
        }
        for event in events.iter().filter(|_| settings.webhooks) {
            self.report(event);
        }
    }

    /// Makes the moves of a file that has just become whole, each in its time.
    pub(super) fn let_posts_move(self: &Arc<Self>) {
        self.move_posts();
        let (tiktok, settings) = (Arc::clone(self), self.control.settings().publishing);
        tokio::spawn(async move {
            for seconds in [settings.processing_s, settings.moderation_s].into_iter().map_while(|seconds| seconds) {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                tiktok.move_posts();
            }
        });
    }
}
