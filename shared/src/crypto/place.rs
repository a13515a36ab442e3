//! Where a token lies.

use crate::domain::{Platform, UserId};

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
    /// For a Page's token, the Page.
    pub page_id: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// A token of the login itself, in this column of its row.
    pub fn of_login(column: &'static str, platform: Platform, user: UserId, open_id: &'a str) -> Self {
        Self { table: "oauth_accounts", column, platform, user, open_id, page_id: None }
    }

    /// The token of a Page that a login reaches.
    pub fn of_page_token(user: UserId, open_id: &'a str, page_id: &'a str) -> Self {
        let (table, column) = ("instagram_accounts", "page_token_encrypted");
        Self { table, column, platform: Platform::Instagram, user, open_id, page_id: Some(page_id) }
    }
}

impl Place<'_> {
    /// Writes the place so that no two are written alike: each part follows its length, and the Page, which may be
    /// missing, comes last.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let user = self.user.to_string();
        let always = [self.table, self.column, self.platform.as_str(), &user, self.open_id];
        for part in always.into_iter().chain(self.page_id) {
            out.extend((part.len() as u64).to_be_bytes());
            out.extend(part.as_bytes());
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
        page_id: None,
    };

    fn written(place: &Place<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        place.write(&mut out);
        out
    }

    #[test]
    fn a_missing_page_is_not_an_empty_one() {
        assert_ne!(written(&PLACE), written(&Place { page_id: Some(""), ..PLACE }));
    }

    #[test]
    fn what_moves_across_the_border_of_two_parts_makes_another_place() {
        let one = Place { open_id: "ab", page_id: Some("c"), ..PLACE };
        let other = Place { open_id: "a", page_id: Some("bc"), ..PLACE };
        assert_ne!(written(&one), written(&other));
        let digit = Place { user: UserId(1), open_id: "2ab", ..PLACE };
        assert_ne!(written(&PLACE), written(&digit));
    }
}
