//! Redis: limits, and short-lived copies of what the platforms said. Nothing depends on it being there.

mod copies;
mod limiter;
mod redis;

pub use copies::{ASKING, Copies, Found};
pub use limiter::{Limit, Limiter, Verdict};
pub use redis::{Cache, CacheError};
