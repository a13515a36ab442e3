//! Chunks over the wire.

use platforms::tiktok::publish::{
    chunk::{ChunkAnswer, ChunkError, SourceError, VideoFormat},
    chunks::ChunkPlan,
};
use serde_json::json;

use super::{FilePart, Studio, UPLOAD};

#[tokio::test]
async fn every_size_by_every_plan_arrives_as_the_file() {
    const MIB: u64 = 1_048_576;
    for size in [1, 4_096, 5_000_000, 5 * MIB + 1, 10 * MIB, 19_999_999, 20_000_000, 30_000_007, 64_000_001] {
        for plan in [ChunkPlan::first(size).ok(), ChunkPlan::second(size)].into_iter().flatten() {
            let studio = Studio::open().await;
            let (publish_id, target) = studio.begin(plan).await;
            assert_eq!(studio.send(plan, &publish_id, &target).await, plan.count());
            studio.assert_one_post_of(size).await;
        }
    }
}

#[tokio::test]
async fn the_simulator_takes_every_plan_that_can_be_made() {
    let studio = Studio::open().await;
    for size in [128_000_000, 158_008_374, 1_000_000_000, 1_073_741_824, 3_999_999_999, 4_000_000_000] {
        for plan in [ChunkPlan::first(size).unwrap(), ChunkPlan::second(size).unwrap()] {
            studio.begin(plan).await;
        }
    }
}

#[tokio::test]
async fn whatever_befalls_a_chunk_the_file_arrives_once() {
    let size = 30_000_007;
    for settings in [json!({}), json!({ "accepts_repeated_chunk": true }), json!({ "reports_last_byte": true })] {
        for fault in [json!({ "status": 502 }), json!({ "lose_answer": true }), json!({ "rate_limited": true })] {
            let (studio, plan) = (Studio::open().await, ChunkPlan::first(size).unwrap());
            studio.settings(&settings).await;
            let (publish_id, target) = studio.begin(plan).await;
            studio.put(&target, plan.next(0).unwrap()).await.unwrap();
            studio.world.remote.fault(UPLOAD, 1, &fault).await.unwrap();
            studio.send(plan, &publish_id, &target).await;
            studio.assert_one_post_of(size).await;
        }
    }
}

#[tokio::test]
async fn a_chunk_out_of_step_says_where_to_go_on() {
    let (studio, plan) = (Studio::open().await, ChunkPlan::first(20_000_000).unwrap());
    let (_, target) = studio.begin(plan).await;
    let [first, last] = [0, 10_000_000].map(|received| plan.next(received).unwrap());
    let out_of_step = |received| ChunkAnswer::OutOfStep { received: Some(received) };
    assert_eq!(studio.put(&target, last).await.unwrap(), out_of_step(0));
    assert_eq!(studio.put(&target, first).await.unwrap(), ChunkAnswer::Accepted { received: 10_000_000 });
    assert_eq!(studio.put(&target, first).await.unwrap(), out_of_step(10_000_000));
    assert_eq!(studio.put(&target, last).await.unwrap(), ChunkAnswer::Complete);
    assert_eq!(studio.put(&target, last).await.unwrap(), out_of_step(20_000_000));
}

#[tokio::test]
async fn an_address_takes_nothing_after_an_hour_and_nothing_wrong() {
    let (studio, plan) = (Studio::open().await, ChunkPlan::first(10).unwrap());
    let (publish_id, target) = studio.begin(plan).await;
    let other = ChunkPlan::first(11).unwrap().next(0).unwrap();
    assert_eq!(studio.put(&target, other).await.unwrap(), ChunkAnswer::Refused { status: 400 });
    studio.world.remote.advance(3_600).await.unwrap();
    assert_eq!(studio.put(&target, plan.next(0).unwrap()).await.unwrap(), ChunkAnswer::Expired { status: 403 });
    assert_eq!(studio.uploaded(&publish_id).await, 0);
}

#[tokio::test]
async fn a_source_that_is_not_the_chunk_sends_nothing_that_counts() {
    let (studio, plan) = (Studio::open().await, ChunkPlan::first(1_000_000).unwrap());
    let (publish_id, target) = studio.begin(plan).await;
    let (chunk, api) = (plan.next(0).unwrap(), &studio.world.api);
    let short = ChunkPlan::first(999_999).unwrap().next(0).unwrap();
    let sent = api.put_chunk(&target, chunk, VideoFormat::Mov, FilePart::of(short)).await;
    assert!(matches!(sent, Err(ChunkError::Source(SourceError::Short))), "{sent:?}");
    assert_eq!(studio.uploaded(&publish_id).await, 0);
    assert_eq!(studio.put(&target, chunk).await.unwrap(), ChunkAnswer::Complete);
}
