//! Functions as Lambda takes them: each binary, named `bootstrap`, in a zip file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;
use tokio::process::Command;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::StackOptions;
use super::folder::StackFolder;
use super::guard::StopSignal;
use super::process::{Processes, guarded};
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

/// A function ready for deployment.
#[derive(Debug)]
pub(super) struct Package {
    /// The zip file.
    pub zip: Vec<u8>,
    /// Its place in the bucket, which changes with the content.
    pub key: String,
}

/// Builds the binaries of all functions in the template; cargo shows its own progress unless all shall be quiet.
pub(super) async fn build(
    template: &str, options: &StackOptions, project: &Project, processes: &Processes, progress: Progress,
    folder: &StackFolder,
) -> Result<BTreeMap<String, PathBuf>> {
    let names = function_names(template);
    let messages = folder.data().join("cargo-messages.json");
    let mut command = cargo_build(&names, options.build, project)?;
    command.stdout(File::create(&messages)?);
    if progress == Progress::Quiet {
        command.arg("--quiet");
    }
    if !processes.run("cargo", command).await?.success() {
        bail!("the functions don't build");
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
    if build == Build::Release {
        command.arg("--release");
    }
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

/// Puts a binary into a zip file. Stored, not compressed: it only goes to the emulator and back.
pub(super) fn package(name: &str, executable: &Path) -> Result<Package> {
    let binary = fs::read(executable).with_context(|| format!("cannot read {}", executable.display()))?;
    let hash: String = digest(&SHA256, &binary).as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(binary.len() + 512)));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o755);
    zip.start_file("bootstrap", options)?;
    zip.write_all(&binary)?;
    Ok(Package { zip: zip.finish()?.into_inner(), key: format!("{name}/{hash}.zip") })
}
