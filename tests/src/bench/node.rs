//! The same ingest in Node, as a yardstick: what a start costs there.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Stdio};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use super::{BenchOptions, events::Event, function::Figures, ingest, site::Site};
use crate::stack::Project;

/// The sources, beside this package.
const SOURCES: [(&str, &str); 2] =
    [("package.json", include_str!("../../node/package.json")), ("ingest.mjs", include_str!("../../node/ingest.mjs"))];

/// The ingest, ours and Node's: with AWS as it is for the other functions, and behind TLS.
#[derive(Debug)]
pub(super) struct Yardstick {
    pub(super) node: Figures,
    pub(super) rust_over_tls: Figures,
    pub(super) node_over_tls: Figures,
}

/// Measures it with the settings and the event of ours. `None` where Node isn't on this machine.
pub(super) async fn measure(
    project: &Project,
    site: &Site,
    event: &Event,
    options: &BenchOptions,
) -> Result<Option<Yardstick>> {
    let Some(bundle) = bundle(project).await? else { return Ok(None) };
    let rust = || site.function(ingest::NAME);
    let node = || Ok::<_, anyhow::Error>(rust()?.run_by(bundle.clone()));
    Ok(Some(Yardstick {
        node: Figures::of(&node()?, event, options).await?,
        rust_over_tls: Figures::of(&site.over_tls(rust()?)?, event, options).await?,
        node_over_tls: Figures::of(&site.over_tls(node()?)?, event, options).await?,
    }))
}

/// The bundle with the SDK in it, as one deploys it: an executable script.
async fn bundle(project: &Project) -> Result<Option<PathBuf>> {
    if !succeeds("npm", &["--version"], &std::env::temp_dir()).await.unwrap_or(false) {
        return Ok(None);
    }
    let folder = project.root().join("target/bench-node");
    let bundle = folder.join("bootstrap.mjs");
    let is_current = |(name, text): &(&str, &str)| fs::read_to_string(folder.join(name)).is_ok_and(|old| old == *text);
    if bundle.exists() && SOURCES.iter().all(is_current) {
        return Ok(Some(bundle));
    }
    fs::create_dir_all(&folder)?;
    let install = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"];
    for (name, text) in SOURCES {
        fs::write(folder.join(name), text)?;
    }
    for arguments in [install.as_slice(), &["run", "--silent", "bundle"]] {
        if !succeeds("npm", arguments, &folder).await? {
            fs::remove_file(folder.join("ingest.mjs"))?;
            bail!("npm {} failed in {}", arguments.join(" "), folder.display());
        }
    }
    fs::set_permissions(&bundle, fs::Permissions::from_mode(0o755))?;
    Ok(Some(bundle))
}

async fn succeeds(program: &str, arguments: &[&str], folder: &std::path::Path) -> Result<bool> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    Ok(command.status().await.with_context(|| format!("cannot run {program}"))?.success())
}
