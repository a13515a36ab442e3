//! What people read.

use std::collections::{BTreeMap, BTreeSet};

use shared::store::purge::Step;
use time::macros::datetime;

use super::*;

fn deletion(status: DeletionStatus) -> DataDeletion {
    let completed = status == DeletionStatus::Completed;
    DataDeletion {
        status,
        requested_at: datetime!(2026-11-22 12:00 UTC),
        completed_at: completed.then_some(datetime!(2026-11-22 12:03 UTC)),
        deleted: completed.then(|| ("posts".to_owned(), 3)).into_iter().collect(),
    }
}

#[test]
fn each_state_says_what_is_so_and_when() {
    let page = of("Zx81Kq", &deletion(DeletionStatus::Received));
    assert!(page.contains("Your request was received") && page.contains("22 November 2026, 12:00 UTC"), "{page}");
    assert!(page.contains("Zx81Kq") && !page.contains("Completed"), "{page}");
    let page = of("Zx81Kq", &deletion(DeletionStatus::InProgress));
    assert!(page.contains("Your data is being deleted") && !page.contains("What was deleted"), "{page}");
    let page = of("Zx81Kq", &deletion(DeletionStatus::Completed));
    assert!(
        page.contains("12:03 UTC") && page.contains("<dt>Posts made with this application</dt>\n<dd>3</dd>"),
        "{page}"
    );
}

#[test]
fn of_somebody_unknown_nothing_was_deleted() {
    let nothing = DataDeletion { deleted: BTreeMap::new(), ..deletion(DeletionStatus::Completed) };
    assert!(of("Zx81Kq", &nothing).contains("There was nothing to delete."));
}

#[test]
fn the_policy_lets_in_the_pages_own_style_and_nothing_else() {
    let reply = reply(StatusCode::OK, &unknown()).into_response();
    let policy = reply.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("STYLE"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn every_kind_of_thing_has_a_name_for_people() {
    let named: BTreeSet<_> = KINDS.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(named, Step::kinds().collect());
}
