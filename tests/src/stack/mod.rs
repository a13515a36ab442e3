//! The local stack: the project's own `template.yaml`, deployed on this machine.
//!
//! PostgreSQL and Redis are real servers, AWS is an emulator that runs the functions' real binaries, and SAM and
//! CloudFormation wire them as they do in production. So what works here works because of the template, not beside it.
//!
//! It promises three things: it needs nothing but Rust and Python on the machine; nothing of it is left when it ends,
//! however it ends; and two stacks in different folders never meet.

pub mod aws;
pub(crate) mod certificates;
mod compile;
pub mod control;
mod deployment;
mod description;
mod emulator;
mod event_sources;
mod folder;
mod gateway;
pub mod guard;
mod launch;
mod migration;
mod packages;
mod ports;
mod postgres;
mod process;
mod processed_template;
pub mod progress;
mod project;
mod random;
mod redis;
mod secrets;
mod servers;
mod settings;
pub mod signals;
mod simulators;
mod template;
mod tools;
mod users;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

pub use self::compile::Build;
pub use self::description::{InstagramSecret, MetaSecret, PlatformSecrets, StackDescription, StackUser, TikTokSecret};
pub use self::folder::{description_file, log_folder, redis_record, require_stack, settings_file};
pub use self::process::{Processes, guarded};
pub use self::project::Project;
pub use self::tools::{ToolSet, install};

use self::control::Control;
use self::folder::StackFolder;
use self::launch::Launch;
use self::progress::Progress;
use self::servers::Servers;
use self::simulators::Platforms;

/// What may be chosen about a stack.
#[derive(Debug, Clone)]
pub struct StackOptions {
    /// Its folder.
    pub folder: PathBuf,
    /// The emulator's port; 4566 or any free one without.
    pub port: Option<u16>,
    /// How the functions are compiled.
    pub build: Build,
    /// How much the functions log: the template's `LogLevel`.
    pub log_level: &'static str,
}

/// A running stack; it ends when this is dropped, and is gone when [`Processes::settled`] returns.
#[derive(Debug)]
pub struct Stack {
    /// What someone from outside needs.
    pub description: StackDescription,
    folder: StackFolder,
    _control: Control,
    _platforms: Platforms,
}

/// Where and how one stack comes to be.
struct Site<'a> {
    options: &'a StackOptions,
    project: &'a Project,
    folder: StackFolder,
    processes: &'a Processes,
    progress: Progress,
}

impl Stack {
    /// Starts everything, deploys, migrates, and describes the result in `stack.json`.
    pub async fn up(
        options: &StackOptions,
        project: &Project,
        processes: &Processes,
        progress: Progress,
    ) -> Result<Self> {
        let folder = StackFolder::claim(&options.folder)?;
        let site = Site { options, project, folder, processes, progress };
        let secrets = PlatformSecrets::from_environment()?;
        let platforms = Platforms::start(&secrets).await?;
        let template = project.template()?;
        let (executables, servers) =
            tokio::try_join!(progress.step("build", compile::compile(&template, &site)), Servers::start(&site),)?;
        let launch = Launch {
            template: &template,
            executables,
            servers: &servers,
            platforms: &platforms,
            secrets,
            log_level: options.log_level,
            progress,
        };
        let description = launch.carry_out().await?;
        let folder = site.folder;
        let control = Control::start(folder.path(), Arc::new(servers), processes.clone()).await?;
        settings::write(folder.path(), &description).await?;
        description.save(&description_file(folder.path()))?;
        Ok(Self { description, folder, _control: control, _platforms: platforms })
    }

    /// Where the description is.
    pub fn description_file(&self) -> PathBuf {
        description_file(self.folder.path())
    }

    /// Where the programs' logs are.
    pub fn logs(&self) -> PathBuf {
        self.folder.logs()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.folder.retire();
    }
}
