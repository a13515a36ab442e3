//! A request's body, piece by piece: of a large file never more than that is held.

use std::{future::poll_fn, pin::Pin};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
};

/// The next bytes; none at the end.
pub(crate) async fn next(body: &mut Body) -> Option<Result<Bytes, Error>> {
    loop {
        match poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await? {
            Ok(frame) => match frame.into_data() {
                Ok(bytes) => return Some(Ok(bytes)),
                Err(_trailers) => {}
            },
            Err(error) => return Some(Err(error)),
        }
    }
}

/// Reads what nobody wants.
pub(crate) async fn drain(mut body: Body) {
    while let Some(Ok(_)) = next(&mut body).await {}
}
