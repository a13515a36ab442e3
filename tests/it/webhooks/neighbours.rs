//! A delivery with an event that is refused, and what that costs the other events: nothing.

use std::slice;

use tokio::time::Instant;

use super::scene::Scene;

#[tokio::test]
async fn an_event_that_is_refused_for_no_fault_of_its_own_comes_again_and_costs_its_neighbours_nothing() {
    let scene = Scene::set().await;
    for state in ["42501", "55P03"] {
        let (ids, message) = scene.delivery();
        let refusing = scene.refuse(&ids[0], state).await;
        assert_eq!(scene.process(&message).await, [message.id.as_str()], "{state}");
        assert_eq!(scene.comments(&ids).await, ids[1..], "{state}");

        refusing.end(&scene.world.tables).await;
        assert!(scene.process(&message).await.is_empty(), "{state}");
        assert_eq!(scene.comments(&ids).await, ids, "{state}");
    }
    assert_eq!(scene.dead_letters().await, 0);
}

#[tokio::test]
async fn poison_is_sent_off_once_by_the_attempt_that_finishes_its_message() {
    let scene = Scene::set().await;
    let (ids, message) = scene.delivery();
    let poisoning = scene.refuse(&ids[0], "P0001").await;
    let refusing = scene.refuse(&ids[1], "42501").await;
    for _ in 0..2 {
        assert_eq!(scene.process(&message).await, [message.id.as_str()]);
    }
    assert_eq!((scene.poison().await, scene.dead_letters().await), (1, 0));

    refusing.end(&scene.world.tables).await;
    assert!(scene.process(&message).await.is_empty());
    assert_eq!((scene.poison().await, scene.dead_letters().await), (1, 1));
    assert_eq!(scene.comments(&ids).await, ids[1..]);
    poisoning.end(&scene.world.tables).await;
}

#[tokio::test]
async fn what_is_not_done_in_time_comes_again_and_leaves_nothing_half_done() {
    let scene = Scene::set().await;
    let (ids, message) = scene.delivery();
    let poisoning = scene.refuse(&ids[0], "23514").await;
    let late = scene.processor.batch(slice::from_ref(&message), Instant::now()).await;
    assert_eq!(late, [message.id.as_str()]);
    assert_eq!((scene.poison().await, scene.dead_letters().await), (0, 0));
    assert!(scene.comments(&ids).await.is_empty());
    poisoning.end(&scene.world.tables).await;
}
