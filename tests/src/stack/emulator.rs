//! The AWS emulator: MiniStack, which runs the functions' binaries as processes of its own.
//!
//! It is given a clean environment, because the functions inherit it, and keeps everything in the stack's folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::process::Command;

use super::Site;
use super::guard::StopSignal;
use super::ports::{emulator_port, free_port};
use super::process::{Process, guarded};

/// A running emulator.
#[derive(Debug)]
pub(super) struct Emulator {
    /// On 127.0.0.1.
    pub port: u16,
    _process: Process,
}

impl Emulator {
    /// Starts the emulator on the wanted port, or on 4566 or any free one where none is wanted.
    pub(super) async fn start(site: &Site<'_>, tools: &Path) -> Result<Self> {
        let wanted = site.options.port;
        match Self::start_on(emulator_port(wanted)?, site, tools).await {
            // Another stack that started at the same moment may have been quicker to take the port.
            Err(_) if wanted.is_none() => Self::start_on(free_port()?, site, tools).await,
            started => started,
        }
    }

    async fn start_on(port: u16, site: &Site<'_>, tools: &Path) -> Result<Self> {
        let log = site.folder.log("emulator");
        let command = command(port, &site.folder.data().join("emulator"), tools)?;
        let mut process = site.processes.start("the AWS emulator", command, &log)?;
        process.ready(|| async { is_listening(&log, port) }).await?;
        Ok(Self { port, _process: process })
    }

    /// The address that AWS clients use.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn command(port: u16, home: &Path, tools: &Path) -> Result<Command> {
    let scratch: PathBuf = home.join("tmp");
    fs::create_dir_all(&scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    // Its sandboxes are in its process group and would outlive a polite end.
    let mut command = guarded(StopSignal::Kill, tools.join("bin/ministack"))?;
    command.current_dir(home).env_clear();
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", home).env("TMPDIR", &scratch);
    command.env("BIND_HOST", "127.0.0.1").env("MINISTACK_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
    command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"));
    command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0");
    // A Docker engine on this machine is none of our business.
    command.env("DOCKER_HOST", format!("unix://{}/no-docker", home.display()));
    Ok(command)
}

/// Its own log says so; a port that answers might be another stack's.
fn is_listening(log: &Path, port: u16) -> bool {
    let sign = format!("Running on http://127.0.0.1:{port} ");
    fs::read_to_string(log).is_ok_and(|text| text.contains(&sign))
}
