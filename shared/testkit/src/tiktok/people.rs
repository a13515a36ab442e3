//! People with a TikTok account.
//!
//! `POST /_simulator/people` takes any of the members of [`Person`]; `{}` makes everything up.

use serde::{Deserialize, Serialize};

use crate::{control, random};

/// Somebody with an account. The consent page names people by `username`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Person {
    pub(super) username: String,
    pub(super) open_id: String,
    pub(super) union_id: String,
    pub(super) display_name: String,
    pub(super) avatar_url: String,
    pub(super) bio_description: String,
    pub(super) is_verified: bool,
    /// Offers other privacy levels, and no duets and stitches.
    pub(super) private_account: bool,
    pub(super) follower_count: u64,
    pub(super) following_count: u64,
    pub(super) likes_count: u64,
    pub(super) video_count: u64,
}

impl Person {
    /// Who is there from the start.
    pub(super) fn ada() -> Self {
        Self {
            username: "ada".to_owned(),
            open_id: "-000SimulatedAdaAAAAAAAAAAAAAAAAAAAA".to_owned(),
            union_id: "3f0c6f5e-0000-4000-8000-000000000001".to_owned(),
            display_name: "Ada".to_owned(),
            avatar_url: "https://p16.tiktokcdn.example/ada.jpeg?x-expires=1800000000".to_owned(),
            ..Self::default()
        }
    }
}

impl Default for Person {
    fn default() -> Self {
        let username = format!("person.{}", random::digits(8));
        Self {
            display_name: username.clone(),
            avatar_url: format!("https://p16.tiktokcdn.example/{username}.jpeg?x-expires=1800000000"),
            username,
            open_id: format!("-000{}", random::text(32)),
            union_id: random::text(36),
            bio_description: "Baking, mostly.".to_owned(),
            is_verified: false,
            private_account: false,
            follower_count: 1_200,
            following_count: 34,
            likes_count: 56_000,
            video_count: 78,
        }
    }
}

impl control::Person for Person {
    fn collides(&self, other: &Self) -> Option<&'static str> {
        let same = self.username == other.username || self.open_id == other.open_id;
        same.then_some("this username or open_id is taken")
    }
}
