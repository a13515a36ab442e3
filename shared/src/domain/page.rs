//! Cursor paging: `?cursor=&limit=` → `{ "items": [...], "nextCursor": null }`.

use serde::Serialize;

/// Which page of a list is asked for. The cursor is the id of the last item of the page before; lists go by falling id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    before: Option<i32>,
    limit: u8,
}

impl PageRequest {
    /// The most items on a page.
    pub const MAX_LIMIT: u8 = 100;
    const DEFAULT_LIMIT: u8 = 25;

    /// Reads the query's parameters; the error names the one that is wrong.
    ///
    /// # Errors
    /// `cursor` isn't one that we gave, or `limit` isn't a number from 1 to [`Self::MAX_LIMIT`].
    pub fn parse(cursor: Option<&str>, limit: Option<&str>) -> Result<Self, &'static str> {
        let before = cursor.map(|cursor| id(cursor).ok_or("cursor")).transpose()?;
        let limit = limit.map_or(Ok(Self::DEFAULT_LIMIT), |limit| limit.parse().map_err(|_| "limit"))?;
        if (1..=Self::MAX_LIMIT).contains(&limit) { Ok(Self { before, limit }) } else { Err("limit") }
    }

    /// Items must have a smaller id than this.
    pub fn before(self) -> i32 {
        self.before.unwrap_or(i32::MAX)
    }

    /// How many rows to fetch: one more than the page holds, to see whether another page follows.
    pub fn fetch(self) -> i64 {
        i64::from(self.limit) + 1
    }
}

/// An id exactly as we write it: digits, and no sign, space or leading zero.
fn id(cursor: &str) -> Option<i32> {
    cursor.parse().ok().filter(|id: &i32| *id > 0 && id.to_string() == cursor)
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from the rows that [`PageRequest::fetch`] asked for.
    pub fn of(mut rows: Vec<T>, request: PageRequest, id: impl Fn(&T) -> i32) -> Self {
        let more = rows.len() > usize::from(request.limit);
        rows.truncate(request.limit.into());
        let next_cursor = rows.last().filter(|_| more).map(|row| id(row).to_string());
        Self { items: rows, next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_cursors_out_of_range_are_named() {
        assert!(PageRequest::parse(None, None).is_ok());
        assert!(PageRequest::parse(Some("7"), Some("100")).is_ok());
        for limit in ["0", "101", "-1", "256", "ten", ""] {
            assert_eq!(PageRequest::parse(None, Some(limit)), Err("limit"), "{limit}");
        }
        for cursor in ["", "x", "0", "-5", "+7", "07", " 7", "99999999999"] {
            assert_eq!(PageRequest::parse(Some(cursor), None), Err("cursor"), "{cursor}");
        }
    }

    #[test]
    fn only_a_full_page_with_more_behind_it_has_a_cursor() {
        let request = PageRequest::parse(None, Some("2")).unwrap();
        assert_eq!(Page::of(vec![9, 8], request, |id| *id), Page { items: vec![9, 8], next_cursor: None });
        let next_cursor = Some("8".to_owned());
        assert_eq!(Page::of(vec![9, 8, 7], request, |id| *id), Page { items: vec![9, 8], next_cursor });
    }
}
