//! Who may post right now, and to whom.

use std::collections::BTreeSet;

use super::{posts::Post, settings::Publishing};
use crate::{
    control::held,
    tiktok::{
        State as TikTok,
        people::Person,
        refusal::{ApiError, api},
    },
};

const DAY_S: i64 = 24 * 3_600;
/// How many people may post through an app before its audit.
const UNAUDITED_PEOPLE: usize = 5;

impl Publishing {
    /// What a creator may choose from.
    pub(super) fn options(&self, person: &Person) -> Vec<String> {
        let offered = match &self.privacy_level_options {
            Some(options) => return options.clone(),
            None if !self.audited => ["SELF_ONLY"].as_slice(),
            None if person.private_account => &["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
            None => &["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
        };
        offered.iter().map(|&option| option.to_owned()).collect()
    }

    fn people_per_day(&self) -> usize {
        if self.audited { self.posting_people_per_day } else { self.posting_people_per_day.min(UNAUDITED_PEOPLE) }
    }
}

impl TikTok {
    /// Whether this person may post at all.
    pub(super) fn check_caps(&self, person: &Person) -> Result<(), ApiError> {
        let (settings, day_ago) = (self.control.settings().publishing, self.control.now() - DAY_S);
        let posts = held(&self.posts);
        let today = || posts.iter().filter(|post| post.begun_at > day_ago && post.stage.counts());
        let others: BTreeSet<_> = today().map(open_id).filter(|id| *id != person.open_id).collect();
        if settings.banned_people.contains(&person.username) {
            return api("spam_risk_user_banned_from_posting", "The user is banned from making new posts");
        }
        if today().filter(|post| post.open_id == person.open_id).count() >= settings.posts_per_day {
            return api("spam_risk_too_many_posts", "The daily post cap from the API is reached for this user");
        }
        if others.len() >= settings.people_per_day() {
            return api("reached_active_user_cap", "The daily quota for active publishing users is reached");
        }
        Ok(())
    }
}

fn open_id(post: &Post) -> &str {
    &post.open_id
}
