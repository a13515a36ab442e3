//! The functions' binaries, built by cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tokio::process::Command;

use super::Site;
use super::guard::StopSignal;
use super::process::guarded;
use super::progress::Progress;
use super::project::Project;
use super::template::function_names;

/// How the functions are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// Quick to rebuild.
    Dev,
    /// As shipped.
    Release,
}

/// Builds all functions of the template and finds their binaries. Cargo shows its own progress unless all is quiet.
pub(super) async fn compile(template: &str, site: &Site<'_>) -> Result<BTreeMap<String, PathBuf>> {
    let names = function_names(template);
    let messages = site.folder.data().join("cargo-messages.json");
    let mut command = cargo_build(&names, site.options.build, site.project)?;
    command.stdout(File::create(&messages)?);
    if site.progress == Progress::Quiet {
        command.arg("--quiet");
    }
    if !site.processes.run("cargo", command).await?.success() {
        bail!("the functions don't compile");
    }
    executables(&fs::read_to_string(messages)?, &names)
}

fn cargo_build(names: &BTreeSet<&str>, build: Build, project: &Project) -> Result<Command> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = guarded(StopSignal::Term, Path::new(&cargo))?;
    command.current_dir(project.root()).args(["build", "--bins", "--message-format", "json-render-diagnostics"]);
    for name in names {
        command.args(["--package", name]);
    }
    match build {
        // With this package among them, dependencies have the features that they were built with for the stack
        // itself and for the tests, and are not compiled a second time.
        Build::Dev => command.args(["--package", env!("CARGO_PKG_NAME")]),
        Build::Release => command.arg("--release"),
    };
    Ok(command)
}

/// The part of cargo's messages that says where a binary is.
/// <https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
}

fn executables(messages: &str, names: &BTreeSet<&str>) -> Result<BTreeMap<String, PathBuf>> {
    let built = messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok()?.executable);
    let built: Vec<PathBuf> = built.collect();
    let find = |name: &str| built.iter().find(|path| path.file_name().is_some_and(|file| file == name));
    let entry = |name: &&str| {
        let path = find(name).with_context(|| format!("the package {name} has no binary of that name"))?;
        Ok(((*name).to_owned(), path.clone()))
    };
    names.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"health"},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"health"},"executable":"/target/debug/health"}
{"reason":"build-finished","success":true}
"#;

    #[test]
    fn binaries_are_where_cargo_says() {
        let found = executables(MESSAGES, &BTreeSet::from(["health"])).unwrap();

        assert_eq!(found["health"], Path::new("/target/debug/health"));
    }

    #[test]
    fn a_package_without_a_binary_is_an_error() {
        let refusal = executables(MESSAGES, &BTreeSet::from(["upload"])).unwrap_err().to_string();

        assert!(refusal.contains("upload"), "{refusal}");
    }
}
