//! The plans' invariants over all sizes, and the table of worked examples.

use proptest::prelude::*;

use super::*;

const MB: u64 = 1_000_000;
const MIB: u64 = 1_048_576;

/// Sizes where a rule begins or ends, under both readings of a megabyte.
const EDGES: [u64; 20] = [
    1,
    4_096,
    5 * MB,
    5 * MIB,
    10 * MB,
    10 * MIB,
    20 * MB,
    20 * MIB,
    64 * MB,
    64 * MIB,
    66_259_900,
    121 * MB,
    128 * MB,
    128 * MIB,
    158_008_374,
    1_000 * MB,
    1_024 * MIB,
    MAX_FILE - 1,
    MAX_FILE,
    4_096 * MIB,
];

/// Any size, and those around the edges more often.
fn sizes() -> impl Strategy<Value = u64> {
    let edge = (0..EDGES.len(), -2_i64..=2).prop_map(|(index, off)| EDGES[index].saturating_add_signed(off));
    let random = prop_oneof![0..30 * MB, 0..200 * MB, 0..MAX_FILE + 10];
    prop_oneof![edge, random]
}

fn chunks(plan: ChunkPlan) -> Vec<Chunk> {
    std::iter::successors(plan.next(0), |chunk| plan.next(chunk.range().end)).collect()
}

/// All that the documentation says and production enforces, under either reading.
fn assert_holds(plan: ChunkPlan, file_size: u64) {
    assert_eq!(plan.file_size(), file_size);
    assert_eq!(plan.count(), file_size / plan.chunk_size());
    assert!((1..=MAX_COUNT).contains(&plan.count()));
    assert!(plan.chunk_size() <= 64 * MB);
    if plan.count() == 1 {
        assert_eq!(plan.chunk_size(), file_size);
    } else {
        assert!(plan.chunk_size() >= 5 * MIB);
    }
    let chunks = chunks(plan);
    assert_eq!(chunks.len() as u64, plan.count());
    let mut end = 0;
    for chunk in &chunks {
        assert_eq!((chunk.range().start, chunk.length()), (end, chunk.range().end - end));
        assert!(chunk.is_last() || chunk.length() == plan.chunk_size());
        assert!(chunk.length() <= MAX_LAST_CHUNK);
        end = chunk.range().end;
    }
    assert_eq!(end, file_size);
    assert!(chunks.last().is_some_and(|chunk| chunk.is_last()));
}

proptest! {
    #[test]
    fn both_plans_keep_every_rule_and_cover_the_file(size in sizes()) {
        let first = ChunkPlan::first(size);
        match size {
            0 => prop_assert_eq!(first, Err(PlanError::Empty)),
            1..=MAX_FILE => assert_holds(first.unwrap(), size),
            _ => prop_assert_eq!(first, Err(PlanError::FileTooLarge)),
        }
        if let Some(second) = ChunkPlan::second(size) {
            assert_holds(second, size);
            prop_assert_ne!(second, first.unwrap());
        }
    }

    #[test]
    fn no_chunk_of_the_usual_plan_exceeds_64_mb(size in 1..=MAX_FILE) {
        let plan = ChunkPlan::first(size).unwrap();
        prop_assert!(chunks(plan).iter().all(|chunk| chunk.length() < 2 * USUAL_CHUNK));
    }

    #[test]
    fn only_a_plan_that_keeps_the_rules_can_be_made(size in sizes(), chunk_size in prop_oneof![0..70 * MB, sizes()]) {
        if let Ok(plan) = ChunkPlan::with_chunk_size(size, chunk_size) {
            assert_holds(plan, size);
        }
    }

    #[test]
    fn an_upload_goes_on_at_any_byte_and_ends(size in 1..=MAX_FILE, at in any::<u64>()) {
        let plan = ChunkPlan::first(size).unwrap();
        match plan.next(at) {
            None => prop_assert!(at >= size),
            Some(chunk) => {
                prop_assert_eq!(chunk.range().start, at);
                prop_assert!(chunk.length() > 0);
                prop_assert!(chunk.is_last() || chunk.range().end % plan.chunk_size() == 0);
            }
        }
    }

    #[test]
    fn a_count_and_an_index_tell_the_same_progress(size in 2..=MAX_FILE, which in any::<prop::sample::Index>()) {
        let plan = ChunkPlan::first(size).unwrap();
        let ends: Vec<u64> = chunks(plan).iter().map(|chunk| chunk.range().end).collect();
        let end = ends[which.index(ends.len())];
        prop_assert_eq!(plan.received(end), end);
        prop_assert_eq!(plan.received(end - 1), end);
    }

    #[test]
    fn no_number_is_read_as_more_than_the_file(size in 1..=MAX_FILE, reported in any::<u64>()) {
        prop_assert!(ChunkPlan::first(size).unwrap().received(reported) <= size);
    }
}

#[test]
fn the_worked_examples_come_out() {
    for (size, chunk_size, count, last_range) in [
        (1, 1, 1, "bytes 0-0/1"),
        (4_194_304, 4_194_304, 1, "bytes 0-4194303/4194304"),
        (5_000_000, 5_000_000, 1, "bytes 0-4999999/5000000"),
        (19_999_999, 19_999_999, 1, "bytes 0-19999998/19999999"),
        (20_000_000, 10_000_000, 2, "bytes 10000000-19999999/20000000"),
        (50_000_123, 10_000_000, 5, "bytes 40000000-50000122/50000123"),
        (64_000_001, 10_000_000, 6, "bytes 50000000-64000000/64000001"),
        (66_259_900, 10_000_000, 6, "bytes 50000000-66259899/66259900"),
        (158_008_374, 10_000_000, 15, "bytes 140000000-158008373/158008374"),
        (4_000_000_000, 10_000_000, 400, "bytes 3990000000-3999999999/4000000000"),
    ] {
        let plan = ChunkPlan::first(size).unwrap();
        assert_eq!((plan.chunk_size(), plan.count()), (chunk_size, count), "{size}");
        assert_eq!(chunks(plan).last().unwrap().content_range(), last_range);
    }
}

#[test]
fn the_second_plan_differs_where_the_rules_leave_another() {
    let second = |size| ChunkPlan::second(size).map(|plan| (plan.chunk_size(), plan.count()));
    assert_eq!(second(10 * MIB - 1), None);
    assert_eq!(second(10 * MIB), Some((5 * MIB, 2)));
    assert_eq!(second(20 * MB - 1), Some((5 * MIB, 3)));
    assert_eq!(second(20 * MB), Some((20 * MB, 1)));
    assert_eq!(second(64 * MB), Some((64 * MB, 1)));
    assert_eq!(second(64 * MB + 1), Some((10 * MIB, 6)));
    assert_eq!(second(MAX_FILE), Some((10 * MIB, 381)));
    assert_eq!((second(0), second(MAX_FILE + 1)), (None, None));
}

#[test]
fn a_thousand_chunks_are_allowed_and_one_more_is_not() {
    assert_eq!(ChunkPlan::with_chunk_size(3_999_999_999, MIN_CHUNK).unwrap().count(), 762);
    assert_eq!(ChunkPlan::with_chunk_size(MAX_FILE, 3_996_003), Err(PlanError::ChunkSize));
    assert_eq!(ChunkPlan::with_chunk_size(66 * MB, 64 * MB), Err(PlanError::ChunkSize));
    assert_eq!(ChunkPlan::with_chunk_size(66 * MB, 66 * MB), Err(PlanError::ChunkSize));
    assert_eq!(ChunkPlan::with_chunk_size(10, 0), Err(PlanError::ChunkSize));
}
