//! Functions as Lambda takes them: each binary, named `bootstrap`, in a zip file in a bucket.
//!
//! The files are neither compressed nor signed: they only go to the emulator on this machine, and a debug build takes
//! its time for either.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

const BUCKET: &str = "packages";
const TEMPLATE: &str = "template.yaml";

/// How many packages are in memory at a time.
const AT_ONCE: usize = 3;

/// The uploaded packages.
#[derive(Debug)]
pub(super) struct Packages {
    client: Client,
    keys: BTreeMap<String, String>,
}

impl Packages {
    /// Packs the binaries and uploads them.
    pub(super) async fn upload(config: &SdkConfig, executables: BTreeMap<String, PathBuf>) -> Result<Self> {
        let config = Builder::from(config).request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
        let client = Client::from_conf(config.build());
        client.create_bucket().bucket(BUCKET).send().await.context("cannot create the bucket for packages")?;
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut uploads = JoinSet::new();
        for (name, executable) in executables {
            let (client, places) = (client.clone(), places.clone());
            uploads.spawn(async move {
                let _place = places.acquire().await?;
                let key = upload(&client, &name, executable).await.with_context(|| format!("the package {name}"))?;
                anyhow::Ok((name, key))
            });
        }
        let keys = uploads.join_all().await.into_iter().collect::<Result<_>>()?;
        Ok(Self { client, keys })
    }

    /// Where a function's package is, for its `CodeUri`.
    pub(super) fn place(&self, name: &str) -> Option<String> {
        Some(format!("s3://{BUCKET}/{}", self.keys.get(name)?))
    }

    /// Uploads the template beside them, since a request may not carry one of more than 51,200 bytes; answers with its
    /// path at the endpoint.
    pub(super) async fn upload_template(&mut self, text: String) -> Result<String> {
        let upload = self.client.put_object().bucket(BUCKET).key(TEMPLATE).body(text.into_bytes().into());
        upload.send().await.context("cannot upload the template")?;
        self.keys.insert(TEMPLATE.to_owned(), TEMPLATE.to_owned());
        Ok(format!("/{BUCKET}/{TEMPLATE}"))
    }

    /// Forgets them after the deployment: Lambda has its own copies, and the emulator keeps everything in memory.
    pub(super) async fn remove(self) -> Result<()> {
        for key in self.keys.into_values() {
            self.client.delete_object().bucket(BUCKET).key(key).send().await?;
        }
        self.client.delete_bucket().bucket(BUCKET).send().await?;
        Ok(())
    }
}

/// The key changes with the content.
async fn upload(client: &Client, name: &str, executable: PathBuf) -> Result<String> {
    let (zip, hash) = spawn_blocking(move || pack(&executable)).await??;
    let key = format!("{name}/{hash}.zip");
    let upload = client.put_object().bucket(BUCKET).key(&key).body(zip.into());
    upload.customize().disable_payload_signing().send().await?;
    Ok(key)
}

fn pack(executable: &Path) -> Result<(Vec<u8>, String)> {
    let binary = fs::read(executable).with_context(|| format!("cannot read {}", executable.display()))?;
    let hash = digest(&SHA256, &binary).as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(binary.len() + 512)));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o755);
    zip.start_file("bootstrap", options)?;
    zip.write_all(&binary)?;
    Ok((zip.finish()?.into_inner(), hash))
}
