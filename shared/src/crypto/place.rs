//! Where a token lies.

use crate::domain::{Platform, PostId, UserId};

/// Where a token lies, and whose it is. It opens nowhere else. One that waits in `pending_revocations` was moved there as
/// it was, without a key, and keeps the place that it was sealed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table's name.
    pub table: &'static str,
    /// The column's name.
    pub column: &'static str,
    /// Whose token it is.
    pub platform: Platform,
    /// The person of the CRM.
    pub user: UserId,
    /// The platform's id of the login (`oauth_accounts.open_id`).
    pub open_id: &'a str,
    /// What of the login's it belongs to.
    pub part: Part<'a>,
}

/// What a token belongs to within a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// The login itself.
    Login,
    /// A Page that it reaches.
    Page(&'a str),
    /// One of its posts.
    Post(PostId),
}

impl<'a> Place<'a> {
    /// A token of the login itself, in this column of its row.
    pub fn of_login(column: &'static str, platform: Platform, user: UserId, open_id: &'a str) -> Self {
        Self { table: "oauth_accounts", column, platform, user, open_id, part: Part::Login }
    }

    /// The token of a Page that a login reaches.
    pub fn of_page_token(user: UserId, open_id: &'a str, page_id: &'a str) -> Self {
        let (table, column) = ("instagram_accounts", "page_token_encrypted");
        Self { table, column, platform: Platform::Instagram, user, open_id, part: Part::Page(page_id) }
    }

    /// The address that takes the bytes of this post to TikTok.
    pub fn of_upload_url(user: UserId, open_id: &'a str, post: PostId) -> Self {
        let (table, column) = ("tiktok_posts", "upload_url_encrypted");
        Self { table, column, platform: Platform::TikTok, user, open_id, part: Part::Post(post) }
    }
}

impl Place<'_> {
    /// Writes the place so that no two are written alike: each word follows its length, and how many there are tells what
    /// the last ones name.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let user = self.user.to_string();
        let mut words = vec![self.table, self.column, self.platform.as_str(), &user, self.open_id];
        let number;
        match self.part {
            Part::Login => {}
            Part::Page(id) => words.push(id),
            Part::Post(id) => {
                number = id.to_string();
                words.extend(["post", &number]);
            }
        }
        for word in words {
            out.extend((word.len() as u64).to_be_bytes());
            out.extend(word.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place {
        table: "oauth_accounts",
        column: "access_token_encrypted",
        platform: Platform::Instagram,
        user: UserId(12),
        open_id: "ab",
        part: Part::Login,
    };

    fn written(place: &Place<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        place.write(&mut out);
        out
    }

    #[test]
    fn a_missing_page_is_not_an_empty_one() {
        assert_ne!(written(&PLACE), written(&Place { part: Part::Page(""), ..PLACE }));
    }

    #[test]
    fn a_post_is_no_page_and_no_other_post() {
        let post = |id| written(&Place { part: Part::Post(PostId(id)), ..PLACE });
        assert_ne!(post(7), post(8));
        for page in ["7", "post7", "post"] {
            assert_ne!(post(7), written(&Place { part: Part::Page(page), ..PLACE }));
        }
    }

    #[test]
    fn what_moves_across_the_border_of_two_parts_makes_another_place() {
        let one = Place { open_id: "ab", part: Part::Page("c"), ..PLACE };
        let other = Place { open_id: "a", part: Part::Page("bc"), ..PLACE };
        assert_ne!(written(&one), written(&other));
        let digit = Place { user: UserId(1), open_id: "2ab", ..PLACE };
        assert_ne!(written(&PLACE), written(&digit));
    }
}
