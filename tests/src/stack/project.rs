//! Where the project's files are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The cargo workspace that is deployed.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The workspace of this package.
    pub fn find() -> Result<Self> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = package.parent().context("the package lies in no workspace")?;
        Ok(Self { root: root.to_owned() })
    }

    /// The workspace's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the everyday stack.
    pub fn default_stack_folder(&self) -> PathBuf {
        self.root.join("target/local")
    }

    /// The text of `template.yaml`.
    pub fn template(&self) -> Result<String> {
        let path = self.root.join("template.yaml");
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }
}
