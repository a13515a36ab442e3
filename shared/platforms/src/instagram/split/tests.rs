//! What parts say together.

use std::collections::BTreeSet;

use super::*;
use crate::instagram::webhook::parse;

fn change(number: usize) -> String {
    let text = "x".repeat(number % 40);
    format!(
        r#"{{"field":"comments","value":{{"id":"{number}","text":"caf\u00e9 {text}","media":{{"id":"{number}"}}}}}}"#
    )
}

fn body(entries: usize, changes: usize) -> String {
    let entry = |entry: usize| {
        let changes: Vec<_> = (0..changes).map(|number| change(entry * changes + number)).collect();
        format!(r#"{{"id":"{entry}","time":1,"changes":[{}]}}"#, changes.join(","))
    };
    let entries: Vec<_> = (0..entries).map(entry).collect();
    format!(r#"{{"object":"instagram","entry":[{}]}}"#, entries.join(","))
}

fn ids(body: &[u8]) -> Vec<String> {
    parse(body).unwrap().into_iter().map(|event| event.external_id).collect()
}

#[test]
fn the_parts_say_what_the_whole_says_and_each_fits() {
    for (entries, changes) in [(1, 1), (1, 50), (50, 1), (7, 7)] {
        let whole = body(entries, changes);
        for max in [300, 500, 1000, whole.len(), usize::MAX] {
            let parts = split(whole.as_bytes(), max).unwrap();
            assert!(parts.iter().all(|part| part.len() <= max), "{entries} {changes} {max}");
            let said: Vec<_> = parts.iter().flat_map(|part| ids(part)).collect();
            assert_eq!(said, ids(whole.as_bytes()), "{entries} {changes} {max}");
        }
    }
}

#[test]
fn a_body_that_fits_stays_whole() {
    let whole = body(3, 3);
    assert_eq!(split(whole.as_bytes(), whole.len()).unwrap(), [whole.into_bytes()]);
}

#[test]
fn messages_are_dealt_out_as_well() {
    let item = |number: usize| format!(r#"{{"message":{{"mid":"{number}"}}}}"#);
    let items: Vec<_> = (0..30).map(item).collect();
    let whole = format!(r#"[{{"entry":[{{"id":"1","messaging":[{}]}}]}}]"#, items.join(","));
    let parts = split(whole.as_bytes(), 200).unwrap();
    assert!(parts.len() > 1);
    assert_eq!(parts.iter().flat_map(|part| ids(part)).collect::<Vec<_>>(), ids(whole.as_bytes()));
}

#[test]
fn what_else_an_entry_has_is_not_lost() {
    let flat = r#""field":"comments","value":{"id":"f","media":{"id":"m"}}"#;
    let whole = body(1, 50).replace(r#""time":1"#, &format!(r#""time":1,{flat}"#));
    let parts = split(whole.as_bytes(), 1000).unwrap();
    let said: BTreeSet<_> = parts.iter().flat_map(|part| ids(part)).collect();
    assert_eq!(said, ids(whole.as_bytes()).into_iter().collect());
}

#[test]
fn a_list_that_is_repeated_or_null_costs_no_other() {
    let changes: Vec<_> = (0..40).map(change).collect();
    let (one, two) = changes.split_at(20);
    let lists = format!(r#""changes":[{}],"messaging":null,"changes":[{}]"#, one.join(","), two.join(","));
    let repeated = format!(r#"[{{"entry":null}},{{"entry":[{{"id":"1",{lists}}}]}}]"#);
    let plain = format!(r#"{{"entry":[{{"id":"1","changes":[{}]}}]}}"#, changes.join(","));
    let parts = split(repeated.as_bytes(), 1000).unwrap();
    assert_eq!(parts.iter().flat_map(|part| ids(part)).collect::<Vec<_>>(), ids(plain.as_bytes()));
}

#[test]
fn what_else_a_large_entry_has_is_told_once_where_it_is_large() {
    let large = format!(r#""field":"large","value":"{}""#, "x".repeat(MAX_OTHERS));
    let whole = body(1, 200).replace(r#""time":1"#, &large);
    let parts = split(whole.as_bytes(), 2000).unwrap();
    let said: BTreeSet<_> = parts.iter().flat_map(|part| ids(part)).collect();
    assert_eq!(said, ids(whole.as_bytes()).into_iter().collect());
    let bytes: usize = parts.iter().map(Vec::len).sum();
    assert!(bytes < whole.len() + parts.len() * 100, "{bytes} bytes for {}", whole.len());
}

#[test]
fn what_cannot_be_cut_is_left_to_the_caller() {
    let one = body(1, 1);
    assert_eq!(split(one.as_bytes(), one.len() - 1), None);
    let long_id = body(1, 50).replace(r#""id":"0""#, &format!(r#""id":"{}""#, "0".repeat(2 * MAX_OTHERS)));
    assert_eq!(split(long_id.as_bytes(), 4 * MAX_OTHERS), None);
    for other in ["", "7", "{}", r#"{"entry":7}"#, r#"{"entry":[]}"#] {
        assert_eq!(split(other.as_bytes(), 1000), None, "{other}");
    }
}
