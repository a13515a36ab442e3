//! What each answer to a chunk means.

use reqwest::header::HeaderValue;

use super::*;
use crate::tiktok::publish::chunks::ChunkPlan;

/// The first of two chunks, and the last.
fn both() -> [Chunk; 2] {
    let plan = ChunkPlan::first(20_000_003).unwrap();
    [plan.next(0).unwrap(), plan.next(10_000_000).unwrap()]
}

#[test]
fn an_accepted_chunk_tells_how_much_has_arrived() {
    let [first, last] = both();
    for reported in [Some(10_000_000), Some(9_999_999), None] {
        for status in [200, 201, 206] {
            assert_eq!(read(status, reported, first), ChunkAnswer::Accepted { received: 10_000_000 }, "{status}");
        }
    }
    assert_eq!(read(206, Some(20_000_003), last), ChunkAnswer::Accepted { received: 20_000_003 });
    assert_eq!(read(200, None, last), ChunkAnswer::Accepted { received: 20_000_003 });
    assert_eq!(read(206, Some(0), first), ChunkAnswer::Accepted { received: 0 });
}

#[test]
fn only_201_after_the_last_chunk_is_the_end() {
    let [first, last] = both();
    assert_eq!(read(201, Some(20_000_002), last), ChunkAnswer::Complete);
    assert_ne!(read(201, Some(10_000_000), first), ChunkAnswer::Complete);
}

#[test]
fn out_of_step_says_where_to_go_on() {
    let [first, last] = both();
    for (chunk, reported, received) in [
        (first, Some(10_000_000), Some(10_000_000)),
        (first, Some(9_999_999), Some(10_000_000)),
        (last, Some(0), Some(0)),
        (last, Some(20_000_002), Some(20_000_003)),
        (last, None, None),
    ] {
        assert_eq!(read(416, reported, chunk), ChunkAnswer::OutOfStep { received }, "{reported:?}");
    }
}

#[test]
fn every_other_status_has_its_meaning() {
    let [chunk, _] = both();
    for status in [403, 404, 410] {
        assert_eq!(read(status, None, chunk), ChunkAnswer::Expired { status });
    }
    for status in [408, 429, 500, 502, 503, 504] {
        assert_eq!(read(status, None, chunk), ChunkAnswer::Transient { status });
    }
    for status in [301, 307, 400, 401, 411, 413] {
        assert_eq!(read(status, None, chunk), ChunkAnswer::Refused { status });
    }
}

#[test]
fn a_range_is_read_leniently_and_no_other_header_is() {
    let read = |value: &str| {
        let value = HeaderValue::from_str(value).unwrap();
        reported(&HeaderMap::from_iter([(CONTENT_RANGE, value)]))
    };
    for value in ["bytes 0-9999999/20000003", "bytes  0-9999999/*", "bytes=0-9999999/20000003", "bytes 5-9999999/7"] {
        assert_eq!(read(value), Some(9_999_999), "{value}");
    }
    for value in ["", "bytes", "bytes */20000003", "bytes 0-/1", "bytes 0-x/1", "0-1/2", "bytes 0--1/2"] {
        assert_eq!(read(value), None, "{value}");
    }
    assert_eq!(reported(&HeaderMap::new()), None);
}

#[test]
fn a_chunk_has_the_time_that_its_length_needs() {
    assert_eq!(time_for(1), Duration::from_secs(30));
    assert_eq!(time_for(10_000_000), Duration::from_secs(68));
    assert!(time_for(64_000_000) < Duration::from_secs(300));
}
