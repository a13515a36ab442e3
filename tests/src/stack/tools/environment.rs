//! A virtual environment with the package installer in it, on machines whose Python is more or less complete.
//!
//! Python's own `venv` makes one, but Debian and Ubuntu package it apart. Without it, pip can fetch the installer, which
//! makes environments as well; and root may install what is missing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::process::Command;

use crate::stack::guard::StopSignal;
use crate::stack::process::{Processes, guarded};

const MISSING: &str = "Python has neither venv nor pip here; install one of them (Debian, Ubuntu: python3-venv)";

/// Where an environment comes to be.
pub(super) struct Environment<'a> {
    pub(super) path: &'a Path,
    /// The list that names the installer.
    pub(super) installer: PathBuf,
    pub(super) log: &'a Path,
    pub(super) processes: &'a Processes,
}

impl Environment<'_> {
    /// Makes the environment, in one way or another.
    pub(super) async fn create(&self) -> Result<()> {
        if self.by_venv().await.is_ok() || self.by_pip().await.is_ok() {
            return Ok(());
        }
        self.install_venv().await.context(MISSING)?;
        self.by_venv().await
    }

    async fn by_venv(&self) -> Result<()> {
        let mut create = guarded(StopSignal::Term, "python3")?;
        create.args(["-m", "venv", "--clear"]).arg(self.path);
        self.run(create).await?;
        let mut install = guarded(StopSignal::Term, self.path.join("bin/pip"))?;
        install.args(["install", "--quiet", "--requirement"]).arg(&self.installer);
        self.run(install).await
    }

    async fn by_pip(&self) -> Result<()> {
        let elsewhere = self.path.with_extension("installer");
        let mut fetch = guarded(StopSignal::Term, "python3")?;
        fetch.args(["-m", "pip", "install", "--quiet", "--upgrade", "--requirement"]).arg(&self.installer);
        fetch.arg("--target").arg(&elsewhere);
        self.run(fetch).await?;
        let mut create = guarded(StopSignal::Term, elsewhere.join("bin/uv"))?;
        create.args(["venv", "--quiet", "--clear", "--python", "python3"]).arg(self.path);
        self.run(create).await?;
        let mut install = guarded(StopSignal::Term, elsewhere.join("bin/uv"))?;
        install.args(["pip", "install", "--quiet", "--python"]).arg(self.path.join("bin/python"));
        install.arg("--requirement").arg(&self.installer);
        self.run(install).await?;
        fs::remove_dir_all(elsewhere).context("cannot tidy up after the installer")
    }

    async fn install_venv(&self) -> Result<()> {
        let mut update = guarded(StopSignal::Term, "apt-get")?;
        update.args(["update", "--quiet"]);
        self.run(update).await?;
        let mut install = guarded(StopSignal::Term, "apt-get")?;
        install.args(["install", "--quiet", "--yes", "--no-install-recommends", "python3-venv"]);
        self.run(install).await
    }

    async fn run(&self, command: Command) -> Result<()> {
        self.processes.complete("the installation of tools", command, self.log).await
    }
}
