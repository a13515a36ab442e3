//! Redis: limits today, short-lived copies of what the platforms said later. Nothing depends on it being there.

mod limiter;
mod redis;

pub use limiter::{Limit, Limiter, Verdict};
pub use redis::{Cache, CacheError};
