//! Short-lived copies of what the platforms said, for all sandboxes together: a crowd that wants to know asks once.

use std::time::Duration;

use redis::Script;
use serde::{Serialize, de::DeserializeOwned};

use super::redis::{Cache, CacheError};
use crate::config::{ConfigError, Vars};

/// How long everybody waits for whoever asks: a renewal of the token may come first. After an answer that is no copy, or a
/// death, it keeps the next question back: even then there are a dozen a minute at most.
pub const ASKING: Duration = Duration::from_secs(5);

/// What the platforms said. Nothing secret belongs here.
#[derive(Debug)]
pub struct Copies {
    cache: Cache,
    script: Script,
}

/// What is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<T> {
    /// What was said.
    Copy(T),
    /// Nothing, and somebody asks just now.
    Awaited,
    /// Nothing, and whoever is told so is to ask.
    Nothing,
}

impl Copies {
    /// `REDIS_URL`: see [`Cache::load`].
    ///
    /// # Errors
    /// It's missing or malformed.
    pub fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        Ok(Self { cache: Cache::load(vars)?, script: Script::new(include_str!("copies.lua")) })
    }

    /// Looks for a copy. One that this version can't read is none.
    ///
    /// # Errors
    /// Redis is away, slow or full: whoever needs the answer should ask for it.
    pub async fn find<T: DeserializeOwned>(&self, key: &str) -> Result<Found<T>, CacheError> {
        let mut invocation = self.script.prepare_invoke();
        invocation.key(key).arg(ASKING.as_millis() as u64);
        let copy: Option<Vec<u8>> =
            self.cache.run(async |connection| invocation.invoke_async(connection).await).await?;
        Ok(match copy {
            None => Found::Nothing,
            Some(copy) if copy.is_empty() => Found::Awaited,
            Some(copy) => serde_json::from_slice(&copy).map_or(Found::Nothing, Found::Copy),
        })
    }

    /// Keeps a copy for so long, instead of any other.
    ///
    /// # Errors
    /// Redis is away, slow or full: then none is kept.
    pub async fn keep(&self, key: &str, answer: &impl Serialize, lives: Duration) -> Result<(), CacheError> {
        let Ok(copy) = serde_json::to_string(answer) else { return Ok(()) };
        let mut command = redis::cmd("SET");
        command.arg(key).arg(copy).arg("PX").arg(lives.as_millis().max(1) as u64);
        self.cache.run(async |connection| command.query_async(connection).await).await
    }
}
