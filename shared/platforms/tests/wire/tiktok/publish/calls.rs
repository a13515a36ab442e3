//! Inits, and the calls that only read.

use platforms::{
    error::{PlatformError, RefusalCode},
    tiktok::{
        api::Api,
        code::{ApiCode, FailReason},
        publish::{
            chunks::ChunkPlan,
            init::InitError,
            post::VideoPost,
            status::PublishStatus,
            target::{UploadHosts, UploadTarget, UploadTargetError},
        },
    },
    transport::{Transport, TransportError},
    verdict::{Outcome, Verdict},
};
use serde_json::json;

use super::{Studio, UPLOAD, post};
use crate::verdict;

const CREATOR_INFO: &str = "/v2/post/publish/creator_info/query/";
const INIT: &str = "/v2/post/publish/video/init/";
const STATUS: &str = "/v2/post/publish/status/fetch/";

#[tokio::test]
async fn an_address_elsewhere_is_sent_nothing() {
    let (studio, plan) = (Studio::open().await, ChunkPlan::first(10).unwrap());
    let init = studio.world.api.init_video_upload(&studio.token, &post(), plan).await.unwrap();
    let refused = UploadTarget::check(&init.upload_url, &UploadHosts::tiktok());
    assert_eq!(refused.unwrap_err(), UploadTargetError::Host);
    assert_eq!(studio.world.remote.calls_to(UPLOAD).await.unwrap(), 0);
}

#[tokio::test]
async fn an_init_goes_out_once_and_tells_whether_it_may_have_made_a_post() {
    let (studio, plan) = (Studio::open().await, ChunkPlan::first(10).unwrap());
    for (index, (fault, outcome)) in [
        (json!({ "status": 502 }), Outcome::Unknown),
        (json!({ "garbage": true }), Outcome::Unknown),
        (json!({ "lose_answer": true }), Outcome::Unknown),
        (json!({ "refuse": "internal_error" }), Outcome::Unknown),
        (json!({ "rate_limited": true }), Outcome::NotDone),
        (json!({ "refuse": "spam_risk_too_many_posts" }), Outcome::NotDone),
        (json!({ "kill_tokens": true }), Outcome::NotDone),
    ]
    .into_iter()
    .enumerate()
    {
        studio.world.remote.fault(INIT, 1, &fault).await.unwrap();
        let error = studio.world.api.init_video_upload(&studio.token, &post(), plan).await.unwrap_err();
        let InitError::Platform(error) = error else { panic!("{error:?}") };
        assert_eq!(Outcome::from(&error), outcome, "{fault}");
        assert_eq!(studio.world.remote.calls_to(INIT).await.unwrap(), index as u64 + 1);
    }
    assert_eq!(studio.world.remote.posts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_was_done_where_there_was_no_connection() {
    let (studio, plan) = (Studio::open().await, ChunkPlan::first(10).unwrap());
    let nobody = Api::new(Transport::new().unwrap(), "http://127.0.0.1:1".parse().unwrap());
    let error = nobody.init_video_upload(&studio.token, &post(), plan).await.unwrap_err();
    let InitError::Platform(error) = error else { panic!("{error:?}") };
    assert!(matches!(error, PlatformError::Unavailable(TransportError::NotSent(_))), "{error:?}");
    assert_eq!((Outcome::from(&error), Verdict::from(&error)), (Outcome::NotDone, Verdict::Transient));
}

#[tokio::test]
async fn a_refused_plan_is_followed_by_another() {
    let (studio, size) = (Studio::open().await, 30_000_000);
    studio.settings(&json!({ "refused_chunk_sizes": [10_000_000] })).await;
    let first = ChunkPlan::first(size).unwrap();
    let refused = studio.world.api.init_video_upload(&studio.token, &post(), first).await;
    assert!(matches!(refused, Err(InitError::ChunksRefused(_))), "{refused:?}");
    studio.begin(ChunkPlan::second(size).unwrap()).await;
    let too_long = VideoPost { title: Some("x".repeat(2_201)), ..post() };
    let refused = studio.world.api.init_video_upload(&studio.token, &too_long, first).await;
    assert!(matches!(refused, Err(InitError::Platform(_))), "{refused:?}");
}

#[tokio::test]
async fn reads_are_repeated_once_and_refusals_have_their_verdicts() {
    let studio = Studio::open().await;
    let api = &studio.world.api;
    studio.world.remote.fault(CREATOR_INFO, 1, &json!({ "status": 503 })).await.unwrap();
    api.creator_info(&studio.token).await.unwrap();
    assert_eq!(studio.world.remote.calls_to(CREATOR_INFO).await.unwrap(), 2);
    studio.settings(&json!({ "posts_per_day": 0 })).await;
    let refused = api.creator_info(&studio.token).await;
    let Err(PlatformError::Refused { code, status: 200, .. }) = &refused else { panic!("{refused:?}") };
    assert_eq!(*code, RefusalCode::TikTokApi(ApiCode::TooManyPosts));
    assert_eq!(verdict(refused), Verdict::Throttled);
    studio.world.remote.fault(STATUS, 2, &json!({ "lose_answer": true })).await.unwrap();
    assert_eq!(verdict(api.publish_status(&studio.token, "x").await), Verdict::Transient);
    assert_eq!(verdict(api.publish_status(&studio.token, "x").await), Verdict::Refused);
}

#[tokio::test]
async fn a_failed_post_is_told_by_a_call_that_works() {
    let (studio, plan) = (Studio::open().await, ChunkPlan::first(10).unwrap());
    studio.settings(&json!({ "fail_reason": "duration_check_failed" })).await;
    let (publish_id, target) = studio.begin(plan).await;
    studio.put(&target, plan.next(0).unwrap()).await.unwrap();
    let report = studio.world.api.publish_status(&studio.token, &publish_id).await.unwrap();
    assert_eq!((report.status, report.fail_reason), (PublishStatus::Failed, Some(FailReason::DurationCheckFailed)));
}
