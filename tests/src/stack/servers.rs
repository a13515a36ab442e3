//! The servers of a stack, started side by side.

use anyhow::Result;
use tokio::try_join;

use super::Site;
use super::emulator::Emulator;
use super::postgres::Postgres;
use super::redis::Redis;
use super::tools::{ToolSet, install};

/// PostgreSQL, Redis and the AWS emulator.
#[derive(Debug)]
pub(super) struct Servers {
    pub(super) postgres: Postgres,
    pub(super) redis: Redis,
    pub(super) emulator: Emulator,
}

impl Servers {
    /// Starts all of them, with the tools that they need.
    pub(super) async fn start(site: &Site<'_>) -> Result<Self> {
        let progress = site.progress;
        let tools = progress.step("tools", install(ToolSet::Stack, site.project, site.processes)).await?;
        let (postgres, redis, emulator) = try_join!(
            progress.step("PostgreSQL", Postgres::start(site, &tools)),
            progress.step("Redis", Redis::start(site, &tools)),
            progress.step("AWS emulator", Emulator::start(site, &tools)),
        )?;
        Ok(Self { postgres, redis, emulator })
    }
}
