//! The servers of a stack, started side by side.

use anyhow::Result;
use tokio::try_join;

use super::StackOptions;
use super::emulator::Emulator;
use super::folder::StackFolder;
use super::postgres::Postgres;
use super::process::Processes;
use super::progress::Progress;
use super::project::Project;
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
    pub(super) async fn start(
        options: &StackOptions, project: &Project, processes: &Processes, progress: Progress, folder: &StackFolder,
    ) -> Result<Self> {
        let tools = progress.step("tools", install(ToolSet::Stack, project, processes)).await?;
        let (postgres, redis, emulator) = try_join!(
            progress.step("PostgreSQL", Postgres::start(processes, folder, &tools)),
            progress.step("Redis", Redis::start(processes, folder, &tools)),
            progress.step("AWS emulator", Emulator::start(processes, folder, &tools, options.port)),
        )?;
        Ok(Self { postgres, redis, emulator })
    }
}
