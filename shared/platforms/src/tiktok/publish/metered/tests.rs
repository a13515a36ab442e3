//! A body that keeps to its length, and a stall that is noticed. The clock is tokio's own.

use std::{
    collections::VecDeque,
    future::{pending, poll_fn},
};

use tokio::time::{Instant, sleep};

use super::*;

/// Gives these pieces; an error is one too.
struct Pieces(VecDeque<Result<Bytes, &'static str>>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        Poll::Ready(self.0.pop_front().map(|piece| piece.map(Frame::data)))
    }
}

/// What a body of so many bytes lets through, and what it says went wrong.
async fn sent(pieces: &[Result<&'static str, &'static str>], length: u64) -> (String, Option<SourceError>) {
    let pieces = pieces.iter().map(|piece| piece.map(|text| Bytes::from_static(text.as_bytes()))).collect();
    let (mut body, progress) = Metered::new(Pieces(pieces), length);
    assert_eq!(body.size_hint().exact(), Some(length));
    let mut sent = String::new();
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        sent.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
    }
    (sent, progress.failure())
}

#[tokio::test]
async fn as_many_bytes_as_announced_pass() {
    let (bytes, failure) = sent(&[Ok("he"), Ok(""), Ok("llo")], 5).await;
    assert_eq!((bytes.as_str(), failure.is_none()), ("hello", true));
}

#[tokio::test]
async fn a_source_of_another_length_breaks_off() {
    let (bytes, failure) = sent(&[Ok("he"), Ok("l")], 5).await;
    assert!(bytes == "hel" && matches!(failure, Some(SourceError::Short)), "{failure:?}");
    let (bytes, failure) = sent(&[Ok("hello"), Ok("!")], 5).await;
    assert!(bytes == "hello" && matches!(failure, Some(SourceError::Long)), "{failure:?}");
}

#[tokio::test]
async fn a_source_that_fails_says_why() {
    let (bytes, failure) = sent(&[Ok("he"), Err("the disk is gone")], 5).await;
    let Some(SourceError::Unreadable(cause)) = failure else { panic!("{failure:?}") };
    assert_eq!((bytes.as_str(), cause.to_string().as_str()), ("he", "the disk is gone"));
}

#[tokio::test(start_paused = true)]
async fn what_never_moves_is_given_up() {
    let begun = Instant::now();
    assert!(Progress::default().watch(pending::<()>()).await.is_err());
    assert_eq!(begun.elapsed(), STALL);
}

#[tokio::test(start_paused = true)]
async fn what_moves_now_and_then_may_take_its_time() {
    let progress = Progress::default();
    let call = async {
        for _ in 0..100 {
            sleep(STALL / 2).await;
            progress.moved.fetch_add(1, Ordering::Relaxed);
        }
    };
    assert!(progress.watch(call).await.is_ok());
}
