//! The frame of every HTTP function: who asks, how fast they may, how answers and errors look.

mod caller;
mod endpoint;
mod error;
mod repeated;
mod reply;
mod request;

pub use caller::Caller;
pub use endpoint::{Endpoint, Handle};
pub use error::ApiError;
pub use reply::Reply;
pub use request::Request;

pub use ::http::StatusCode;
